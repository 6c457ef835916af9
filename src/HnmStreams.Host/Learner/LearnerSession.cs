using Akka.Actor;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Host.Feeding;
using HnmStreams.Host.Intake;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Kafka.DeadLetters;
using HnmStreams.Kafka.HardNegatives;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Telemetry;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Tasks;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Learner;

/// <summary>What one life of a learner is made from.</summary>
/// <param name="Place">Where its state is kept.</param>
/// <param name="Identity">Of the topic.</param>
internal sealed record LearnerSessionInputs(
    HnmOptions Options,
    StreamSource Source,
    TopicIdentity Identity,
    ExampleFeed? Feed,
    IReadOnlyList<Example>? TestSet,
    IMiningTask Task,
    StateDirectory Place,
    ActorSystem Actors,
    TimeProvider Time,
    ILoggerFactory Logs);

/// <summary>One life of a learner, its parts joined: consumer, pipeline, dead letters, and the feed where the cluster is embedded.</summary>
/// <remarks>The one place where Kafka and the pipeline meet.</remarks>
internal sealed class LearnerSession : IAsyncDisposable
{
    private readonly RecordConsumer _consumer;
    private readonly DeadLetterProducer _deadLetters;
    private readonly HardNegativePublisher? _hardNegatives;
    private readonly CancellationTokenSource _learnerGone = new();
    private readonly RecordLimit? _limit;
    private readonly EmbeddedFeed? _feed;
    private readonly List<Task> _passing = [];
    private readonly Task _superseded;
    private readonly bool _untilEnd;

    private LearnerSession(LearnerSessionInputs parts, ResumePoint? resume)
    {
        var (options, source, time) = (parts.Options, parts.Source, parts.Time);
        _ = StartPosition.TryParse(options.Run.From, out var from, out _);
        var ledger = new PositionLedger(resume?.Positions ?? []);
        var positions = new KafkaPositions(source.Kafka.Topic, parts.Identity);
        _superseded = parts.Place.Store?.Superseded ?? Never(_learnerGone.Token);
        _untilEnd = options.Run.UntilEnd;
        _deadLetters = new DeadLetterProducer(source.Kafka, time, parts.Logs.CreateLogger<DeadLetterProducer>());
        _hardNegatives = source.Kafka.HardNegativesTopic is null ? null : new HardNegativePublisher(source.Kafka, time, parts.Logs.CreateLogger<HardNegativePublisher>(), createTopic: !source.IsEmbedded);
        DeadLetters = new RecentDeadLetters(_deadLetters, time);
        _consumer = new RecordConsumer(source.Kafka, options.Consuming, from!, ledger, time, parts.Logs.CreateLogger<RecordConsumer>(), parts.Place.Store is null ? null : positions);
        positions.Join(_consumer);
        Gate = new IntakeGate(_consumer.Chunks);
        var records = Gate.Chunks;
        if (options.Run.Limit is { } limit)
        {
            _limit = new RecordLimit(records, limit, time, makesUp: !string.Equals(options.Pipeline.Mode, "exact", StringComparison.Ordinal));
            records = _limit.Chunks;
        }

        var durable = parts.Place.Store is { } store ? new DurableState(store, positions, resume) : null;
        Pipeline = MiningPipeline.Start(
            parts.Actors, options.Pipeline, parts.Task, new PipelineInputs(records, DeadLetters, ledger, options.Wire, options.Run.Init, parts.TestSet, durable, _hardNegatives), time, parts.Logs);
        positions.Join(Pipeline);
        _passing.Add(Gate.RunAsync(_learnerGone.Token));
        if (_limit is not null)
            _passing.Add(_limit.RunAsync(() => Pipeline.Status, _learnerGone.Token));
        _ = Pipeline.Completion.ContinueWith(_ => _learnerGone.CancelAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (!source.IsEmbedded)
            _ = DeadLetterTopic.EnsureAsync(source.Kafka, parts.Logs.CreateLogger<LearnerSession>());
        KafkaInstruments.AppearAtZero();
        _consumer.Start();
        if (parts.Feed is not null)
            _feed = EmbeddedFeed.Start(parts.Feed, source, _consumer, options, time, parts.Logs.CreateLogger<EmbeddedFeed>());
    }

    public MiningPipeline Pipeline { get; }

    public IntakeGate Gate { get; }

    public RecentDeadLetters DeadLetters { get; }

    public ConsumerStatus ConsumerStatus => _consumer.Status;

    /// <param name="resume">The checkpoint to go on from, or null.</param>
    /// <exception cref="ShapeMismatchException">The checkpoint does not fit the settings.</exception>
    public static LearnerSession Start(LearnerSessionInputs parts, ResumePoint? resume) => new(parts, resume);

    /// <summary>
    /// Completes when there is nothing left to do: the limit or the end is reached, or the feed was sent and read; fails
    /// when a part did. Never completes where the stream has no end.
    /// </summary>
    public async Task WaitForEndAsync()
    {
        var feed = _feed?.Completion ?? Never(_learnerGone.Token);
        var limit = _limit?.Reached ?? Never(_learnerGone.Token);
        var end = _untilEnd ? _consumer.WaitForEndAsync(_learnerGone.Token) : Never(_learnerGone.Token);
        var ended = await Task.WhenAny(Pipeline.Completion, feed, limit, end, _superseded);
        // Where the learner has failed, that is the news, whatever else ended by it.
        if (ended != _superseded && (Pipeline.Completion.IsCompleted || _learnerGone.IsCancellationRequested))
            ended = Pipeline.Completion;
        await ended;
    }

    /// <summary>Takes no more records and waits until all that were taken are ranked and trained on. The consumer stays in its group.</summary>
    /// <param name="giveUp">What is still in flight then is dropped.</param>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task DrainAsync(CancellationToken giveUp)
    {
        Gate.Resume();
        if (_feed is not null)
            await _feed.StopAsync().WaitAsync(giveUp);
        await _consumer.DrainAsync(giveUp).WaitAsync(giveUp);
        await Pipeline.Completion.WaitAsync(giveUp);
    }

    /// <summary>Waits until each dead letter is delivered or given up, and all is told of the hard negatives.</summary>
    /// <returns>How many dead letters are not delivered.</returns>
    public async Task<long> FlushDeadLettersAsync(CancellationToken giveUp)
    {
        try
        {
            await _deadLetters.FlushAsync(giveUp).WaitAsync(giveUp);
            if (_hardNegatives is not null)
                await _hardNegatives.FlushAsync(giveUp);
        }
        catch (Exception e) when (e is OperationCanceledException or DeadLetterException)
        {
            // What is not delivered by now is counted as lost.
        }

        return _deadLetters.Count - _deadLetters.Delivered;
    }

    public async ValueTask DisposeAsync()
    {
        Pipeline.Kill();
        await _learnerGone.CancelAsync();
        if (_feed is not null)
            await _feed.DisposeAsync();
        // The pipeline first: a checkpoint under way may still be committed.
        await Pipeline.DisposeAsync();
        await _consumer.DisposeAsync();
        await Task.WhenAll(_passing);
        await _deadLetters.DisposeAsync();
        if (_hardNegatives is not null)
            await _hardNegatives.DisposeAsync();
        _learnerGone.Dispose();
    }

    private static Task Never(CancellationToken cancelled) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancelled);
}
