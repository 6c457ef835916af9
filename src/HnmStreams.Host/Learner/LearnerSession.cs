using Akka.Actor;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Cluster;
using HnmStreams.Host.Feeding;
using HnmStreams.Host.Intake;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Kafka.DeadLetters;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Kafka.HardNegatives;
using HnmStreams.Kafka.LabelRequests;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Predictions;
using HnmStreams.Kafka.Telemetry;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Tasks;
using HnmStreams.Web.DeadLetters;

namespace HnmStreams.Host.Learner;

/// <summary>The inputs of a learner session.</summary>
/// <param name="Identity">The identity of the topic.</param>
/// <param name="State">The folder of its state.</param>
internal sealed record LearnerSessionInputs(
    HnmOptions Options,
    RunCluster Cluster,
    TopicIdentity Identity,
    ExampleFeed? Feed,
    IReadOnlyList<Example>? TestSet,
    IMiningTask Task,
    StateFolder State,
    ActorSystem Actors,
    TimeProvider Time,
    ILoggerFactory Logs)
{
    /// <summary>The identity of the topic of labels; null if none exists.</summary>
    public TopicIdentity? LabelsIdentity { get; init; }

    /// <summary>The server of weights for score nodes; null if this process reads and scores by itself.</summary>
    public WeightsServer? Weights { get; init; }
}

/// <summary>One lifetime of a learner, which connects consumer, pipeline, dead letters, and the feed of an embedded cluster.</summary>
/// <remarks>The only place that connects Kafka and the pipeline.</remarks>
internal sealed class LearnerSession : IAsyncDisposable
{
    // With score nodes there is an edge and no consumer.
    private readonly StreamConsumers? _consumer;
    private readonly LearnerEdge? _edge;
    private readonly IActorRef? _unreachable;
    private readonly IntakeGate? _passage;
    private readonly IRecordDecoder _decoder;
    private readonly DeadLetterProducer _deadLetters;
    private readonly HardNegativePublisher? _hardNegatives;
    private readonly PredictionProducer? _predictions;
    private readonly LabelRequestProducer? _labelRequests;
    private readonly CancellationTokenSource _learnerEnded = new();
    private readonly RecordLimit? _limit;
    private RejectionGuard _rejections = null!;
    private Task _rejectionGuard = Task.CompletedTask;
    private EmbeddedFeed? _feed;
    private readonly List<Task> _intake = [];
    private readonly IPositionCommitter _positions;
    private readonly Task _superseded;
    private readonly bool _untilEnd;
    private readonly string _topic;

    private LearnerSession(LearnerSessionInputs inputs, PositionLedger ledger)
    {
        var (options, cluster, time) = (inputs.Options, inputs.Cluster, inputs.Time);
        _ = StartPosition.TryParse(options.Run.From, out var from, out _);
        _superseded = inputs.State.Store?.Superseded ?? Never(_learnerEnded.Token);
        (_untilEnd, _topic) = (options.Run.UntilEnd, cluster.Kafka.Topic);
        _deadLetters = new DeadLetterProducer(cluster.Kafka, options.Wire.MaxRecordBytes, time, inputs.Logs.CreateLogger<DeadLetterProducer>());
        _hardNegatives = cluster.Kafka.HardNegativesTopic is null ? null : new HardNegativePublisher(cluster.Kafka, time, inputs.Logs.CreateLogger<HardNegativePublisher>(), createTopic: inputs.Identity.HasController);
        // Score nodes publish the predictions.
        _predictions = cluster.Kafka.PredictionsTopic is null || inputs.Weights is not null ? null : new PredictionProducer(cluster.Kafka, time, inputs.Logs.CreateLogger<PredictionProducer>());
        _labelRequests = cluster.Kafka.LabelRequestsTopic is null ? null : new LabelRequestProducer(cluster.Kafka, time, inputs.Logs.CreateLogger<LabelRequestProducer>());
        Answers = options.Labels.Mode == LabelMode.Inline || !options.Wire.ReadsContract ? null : new LabelAnswers(cluster.Kafka, options.Producing, time, inputs.Logs.CreateLogger<LabelAnswers>());
        DeadLetters = new RecentDeadLetters(_deadLetters, time);
        _decoder = RecordDecoders.Create(options.Wire, time, inputs.Logs.CreateLogger(typeof(RecordDecoders)), options.Labels.Mode);
        if (inputs.Weights is { } weights)
        {
            weights.Edge = _edge = new LearnerEdge(inputs.Actors, inputs.State.Store!.Epoch, weights.Url, time, inputs.Logs) { WhenOpen = Gate.OpenAsync };
            _unreachable = inputs.Actors.ActorOf(Props.Create(() => new UnreachableMembers(inputs.Logs.CreateLogger<UnreachableMembers>())));
            _positions = new EdgePositions(inputs.Identity, cluster.Kafka.LabelsTopic is { } labels && inputs.LabelsIdentity is { } labelsIdentity ? (labels, labelsIdentity) : null, _edge);
            return;
        }

        var positions = new KafkaPositions(cluster.Kafka.Topic, inputs.Identity, inputs.LabelsIdentity);
        _positions = positions;
        _consumer = new StreamConsumers(cluster.Kafka, options.Consuming, from!, ledger, time, inputs.Logs.CreateLogger<RecordConsumer>(), inputs.State.Store is null ? null : positions);
        positions.Join(_consumer);
        _passage = new IntakeGate(_consumer.Chunks, _decoder, Gate);
        if (options.Run.Limit is { } limit)
            _limit = new RecordLimit(_passage.Chunks, limit, time, replacesDuplicates: !string.Equals(options.Pipeline.Mode, "exact", StringComparison.Ordinal));
    }

    private async Task BeginAsync(LearnerSessionInputs inputs, ResumePoint? resume, PositionLedger ledger)
    {
        var (options, cluster, time) = (inputs.Options, inputs.Cluster, inputs.Time);
        var records = _limit?.Chunks ?? _passage?.Chunks;
        var durable = inputs.State.Store is { } store ? new DurableState(store, _positions, resume) : null;
        Pipeline = await MiningPipeline.StartAsync(
            inputs.Actors, options.Pipeline, inputs.Task, new PipelineInputs(records, DeadLetters, ledger, _decoder, options.Run.Init, inputs.TestSet, durable, _hardNegatives, _predictions, options.Labels) { LabelRequests = _labelRequests, Edge = _edge }, time, inputs.Logs);
        (_positions as KafkaPositions)?.Join(Pipeline);
        if (_passage is not null)
            _intake.Add(_passage.RunAsync(_learnerEnded.Token));
        if (_limit is not null)
            _intake.Add(_limit.RunAsync(() => Pipeline.Status, _learnerEnded.Token));
        _rejections = new RejectionGuard(options.Run.MaxRejectedShare, options.Run.MinRejectionRecords, DeadLetters, () => Pipeline.Status, time);
        _rejectionGuard = _rejections.RunAsync(_learnerEnded.Token);
        _ = Pipeline.Completion.ContinueWith(_ => _learnerEnded.CancelAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (inputs.Identity.HasController)
        {
            _ = OutputTopic.DeadLetters(cluster.Kafka).EnsureAsync(inputs.Logs.CreateLogger<LearnerSession>());
            if (cluster.Kafka.PredictionsTopic is { } predictions)
                await OutputTopic.Predictions(cluster.Kafka, predictions, inputs.Identity.Partitions).EnsureAsync(inputs.Logs.CreateLogger<LearnerSession>());
            if (cluster.Kafka.LabelRequestsTopic is { } requests)
                await OutputTopic.LabelRequests(cluster.Kafka, requests, inputs.Identity.Partitions).EnsureAsync(inputs.Logs.CreateLogger<LearnerSession>());
        }

        KafkaInstruments.AppearAtZero();
        _consumer?.Start();
        if (inputs.Feed is not null && _consumer is not null)
            _feed = EmbeddedFeed.Start(inputs.Feed, cluster, _consumer.Examples, options, time, inputs.Logs.CreateLogger<EmbeddedFeed>());
    }

    public MiningPipeline Pipeline { get; private set; } = null!;

    public PauseGate Gate { get; } = new();

    public RecentDeadLetters DeadLetters { get; }

    /// <summary>Sends the labels that people give on the page; null if labels are inline, or the topic has records of another form.</summary>
    public LabelAnswers? Answers { get; }

    /// <summary>The reason why decoding waits for a service, for example a schema registry; null if it does not wait.</summary>
    public string? DecodingWaitsFor => _decoder.WaitsFor;

    public ConsumerStatus ConsumerStatus => _consumer?.Status ?? EdgeConsumer.StatusOf(Pipeline.Status, _topic);

    /// <summary>Starts a session.</summary>
    /// <param name="resume">The checkpoint to resume from; null starts fresh.</param>
    /// <exception cref="IncompatibleSettingsException">The checkpoint does not match the settings.</exception>
    public static async Task<LearnerSession> StartAsync(LearnerSessionInputs inputs, ResumePoint? resume)
    {
        var ledger = new PositionLedger(resume?.Positions ?? []);
        var session = new LearnerSession(inputs, ledger);
        await session.BeginAsync(inputs, resume, ledger);
        return session;
    }

    /// <summary>
    /// Waits until the limit or the end of the topic is reached, or the feed was sent and read. Fails if a part of the learner
    /// fails. Never completes if the stream is unbounded.
    /// </summary>
    public async Task WaitForEndAsync()
    {
        var feed = _feed?.Completion ?? Never(_learnerEnded.Token);
        var limit = _limit?.Reached ?? Never(_learnerEnded.Token);
        var end = _untilEnd && _consumer is not null ? _consumer.WaitForEndAsync(_learnerEnded.Token) : Never(_learnerEnded.Token);
        var ended = await Task.WhenAny(Pipeline.Completion, feed, limit, end, _superseded, _rejectionGuard);
        // A failure of the learner takes precedence over everything that ended because of it.
        if (_rejectionGuard.IsFaulted)
            ended = _rejectionGuard;
        else if (ended != _superseded && (Pipeline.Completion.IsCompleted || _learnerEnded.IsCancellationRequested))
            ended = Pipeline.Completion;
        await ended;
    }

    /// <summary>Stops the intake and waits until all records are ranked and trained on. The consumer stays in its group.</summary>
    /// <param name="deadline">Records that are still in flight when it is canceled are dropped.</param>
    /// <exception cref="OperationCanceledException">The deadline has passed.</exception>
    /// <exception cref="TooManyRejectionsException">Every record was rejected.</exception>
    public async Task DrainAsync(CancellationToken deadline)
    {
        Gate.Resume();
        if (_feed is not null)
            await _feed.StopAsync().WaitAsync(deadline);
        if (_consumer is not null)
            await _consumer.DrainAsync(deadline).WaitAsync(deadline);
        await EndEdgeAsync();
        await Pipeline.Completion.WaitAsync(deadline);
        _rejections.ThrowIfAllRejected();
    }

    /// <summary>Waits until every dead letter, prediction and label request is delivered or has failed, and until the topic of hard negatives is up to date.</summary>
    /// <returns>The number of dead letters that were not delivered.</returns>
    public async Task<long> FlushDeadLettersAsync(CancellationToken deadline)
    {
        try
        {
            await _deadLetters.FlushAsync(deadline).WaitAsync(deadline);
            if (_predictions is not null)
                await _predictions.FlushAsync(deadline).WaitAsync(deadline);
            if (_labelRequests is not null)
                await _labelRequests.FlushAsync(deadline).WaitAsync(deadline);
            if (_hardNegatives is not null)
                await _hardNegatives.FlushAsync(deadline);
        }
        catch (Exception e) when (e is OperationCanceledException or DeadLetterException or PredictionDeliveryException or LabelRequestDeliveryException)
        {
            // Dead letters that are not delivered by now count as lost.
        }

        return _deadLetters.Count - _deadLetters.Delivered;
    }

    public async ValueTask DisposeAsync()
    {
        Pipeline.Kill();
        await _learnerEnded.CancelAsync();
        if (_feed is not null)
            await _feed.DisposeAsync();
        if (_edge is not null)
            await _edge.DisposeAsync();
        _unreachable?.Tell(PoisonPill.Instance);
        // The pipeline is disposed first, because a checkpoint in progress may still commit offsets through the consumer.
        await Pipeline.DisposeAsync();
        if (_consumer is not null)
            await _consumer.DisposeAsync();
        await Task.WhenAll(_intake);
        (_decoder as IDisposable)?.Dispose();
        await _deadLetters.DisposeAsync();
        if (_predictions is not null)
            await _predictions.DisposeAsync();
        if (_labelRequests is not null)
            await _labelRequests.DisposeAsync();
        if (Answers is not null)
            await Answers.DisposeAsync();
        if (_hardNegatives is not null)
            await _hardNegatives.DisposeAsync();
        _learnerEnded.Dispose();
    }

    private async Task EndEdgeAsync()
    {
        if (_edge is null)
            return;
        await _edge.CloseAsync();
        Pipeline.EndIntake();
    }

    private static Task Never(CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
}
