using System.Threading.Channels;
using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Host.Feeding;
using HnmStreams.Host.Settings;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.DeadLetters;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Pipeline;
using HnmStreams.Tasks;

namespace HnmStreams.Host.Running;

/// <summary>One run's parts, joined: consumer, learner, dead letters, and the feed where the cluster is embedded.</summary>
/// <remarks>The one place where Kafka and the pipeline meet.</remarks>
internal sealed class LearnerSession : IAsyncDisposable
{
    private readonly RecordConsumer _consumer;
    private readonly DeadLetterProducer _deadLetters;
    private readonly CancellationTokenSource _learnerGone = new();
    private readonly RecordLimit? _limit;
    private readonly EmbeddedFeed? _feed;
    private readonly Task _passing = Task.CompletedTask;

    private LearnerSession(
        HnmOptions options, StreamSource source, ExampleFeed? feed, IReadOnlyList<Example>? testSet, IMiningTask task, ActorSystem actors, TimeProvider time, ILoggerFactory logs)
    {
        _ = StartPosition.TryParse(options.Run.From, out var from, out _);
        // Watermarks are remembered and nothing is committed: this is where checkpoints will bring the ledger back.
        var ledger = new WatermarkLedger();
        _deadLetters = new DeadLetterProducer(source.Kafka, time, logs.CreateLogger<DeadLetterProducer>());
        _consumer = new RecordConsumer(source.Kafka, options.Consuming, from!, ledger, time, logs.CreateLogger<RecordConsumer>());
        ChannelReader<RecordChunk> records = _consumer.Chunks;
        if (options.Run.Limit is { } limit)
        {
            _limit = new RecordLimit(records, limit, time);
            records = _limit.Chunks;
        }

        Pipeline = MiningPipeline.Start(
            actors, options.Pipeline, task, new PipelineInputs(records, _deadLetters, ledger, options.Wire, options.Run.Init, testSet), time, logs);
        if (_limit is not null)
            _passing = _limit.RunAsync(() => Pipeline.Status, _learnerGone.Token);
        _ = Pipeline.Completion.ContinueWith(_ => _learnerGone.CancelAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (!source.IsEmbedded)
            _ = DeadLetterTopic.EnsureAsync(source.Kafka, logs.CreateLogger<LearnerSession>());
        _consumer.Start();
        if (feed is not null)
            _feed = EmbeddedFeed.Start(feed, source, _consumer, options, time, logs.CreateLogger<EmbeddedFeed>());
    }

    public MiningPipeline Pipeline { get; }

    public ConsumerStatus ConsumerStatus => _consumer.Status;

    /// <summary>
    /// Completes when there is nothing left to do: the limit is reached or the feed was sent and read; fails when a
    /// part did. Never completes where the stream has no end.
    /// </summary>
    public async Task WaitForEndAsync()
    {
        var feed = _feed?.Completion ?? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _learnerGone.Token);
        var limit = _limit?.Reached ?? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _learnerGone.Token);
        var ended = await Task.WhenAny(Pipeline.Completion, feed, limit);
        // Where the learner has failed, that is the news, whatever else ended by it.
        if (Pipeline.Completion.IsCompleted || _learnerGone.IsCancellationRequested)
            ended = Pipeline.Completion;
        await ended;
    }

    /// <summary>Takes no more records and waits until all that were taken are ranked and trained on.</summary>
    /// <param name="giveUp">What is still in flight then is dropped.</param>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task DrainAsync(CancellationToken giveUp)
    {
        if (_feed is not null)
            await _feed.StopAsync().WaitAsync(giveUp);
        await _consumer.StopAsync(giveUp).WaitAsync(giveUp);
        await Pipeline.Completion.WaitAsync(giveUp);
    }

    /// <summary>Waits until each dead letter is delivered or given up.</summary>
    /// <returns>How many are not delivered.</returns>
    public async Task<long> FlushDeadLettersAsync(CancellationToken giveUp)
    {
        try
        {
            await _deadLetters.FlushAsync(giveUp);
        }
        catch (OperationCanceledException)
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
        await _consumer.DisposeAsync();
        await _passing;
        await Pipeline.DisposeAsync();
        await _deadLetters.DisposeAsync();
        _learnerGone.Dispose();
    }

    public static LearnerSession Start(
        HnmOptions options, StreamSource source, ExampleFeed? feed, IReadOnlyList<Example>? testSet, IMiningTask task, ActorSystem actors, TimeProvider time, ILoggerFactory logs) =>
        new(options, source, feed, testSet, task, actors, time, logs);
}
