using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Tasks;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Replicas;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Serving;

/// <summary>
/// Predictions without learning: the scorers of a learner with the versions of a <see cref="ServedFolder"/>, for requests and for a stream. There is
/// no pool, no trainer and no checkpoint.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ServingPipeline : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system;
    private readonly PipelineOptions _options;
    private readonly IMiningTask _task;
    private readonly ServedFolder _models;
    private readonly TimeProvider _time;
    private readonly int _lanes;
    private readonly int _count;
    private readonly ComputeLanes _computeLanes;
    private readonly NativeCallTracker _nativeCalls;
    private readonly HangDetector _hangs;
    private readonly IActorRef _scorers;
    private readonly ScoringTimeCounter _scoringTime = new(0);
    private readonly PredictionLatency _latency;
    private readonly ScoringGateway _gateway;
    private ServeCounts _counts = ServeCounts.Zero;

    /// <param name="models">The versions to serve, which the caller disposes after this.</param>
    public ServingPipeline(ActorSystem system, PipelineOptions options, IMiningTask task, ServedFolder models, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(task);
        (_system, _options, _task, _models, _time) = (system, options, task, models, time);
        var device = TorchDevices.Parse(options.Device);
        _lanes = options.Compute.LanesOn(device);
        _count = options.Scoring.CountOn(_lanes);
        _computeLanes = new ComputeLanes(_lanes);
        _nativeCalls = new NativeCallTracker(journal: null, _count + (task.FinishesRows ? _lanes : 0), time);
        _hangs = new HangDetector(_nativeCalls, options.Supervision.HangAfter, time, logger);
        _latency = new PredictionLatency(time);
        system.Settings.InjectTopLevelFallback(PinnedDispatcher.Config);
        Func<ScoringReplica> replica = () => new ScoringReplica(task, device, options.Compute.Threads);
        var (lanes, nativeCalls) = (_computeLanes, _nativeCalls);
        _scorers = system.ActorOf(Props.Create(() => new ScorerActor(replica, task.OutputWidth, null, lanes, nativeCalls, time))
            .InPinnedPool(_count));
        _gateway = new ScoringGateway(_scorers, options.Scoring.Timeout, _scoringTime, models);
        Questions = new ServingAnswers(task, models, _gateway);
    }

    /// <summary>The questions about the served model.</summary>
    public IModelQuestions Questions { get; }

    public ServingStatus Status => new(_models.Status, Volatile.Read(ref _counts), _scoringTime.PredictingSeconds, _latency.Status);

    /// <summary>Completes with the duration of a native call that has exceeded <c>pipeline.supervision.hangAfter</c>. The process has to be ended then.</summary>
    public Task<TimeSpan> Hung => _hangs.Hung;

    /// <summary>Predicts the unlabeled records of a stream, and passes the predictions on in the order of the stream. One stream at a time.</summary>
    /// <returns>Completes when the records have ended and every prediction was passed on. Fails if examples could not be predicted after a second try: they must not be committed.</returns>
    public Task ServeAsync(ServingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        // Labeled examples are not scored.
        var budget = new MiningBudget(_options.ToBudgetSettings() with { ScoredShare = 0, HasBaselines = false });
        var batcher = new Batcher(
            _task, inputs.Decoder, inputs.DeadLetters, _options.Batching.Size, new HeldOutSplit(0), budget, new BatcherState(0, new Xoshiro256StarStar(0).Save()),
            new ExpectedOffsets([]), new PoisonRecordBisection(static () => BisectionPlan.Plain));
        var encoder = _task.FinishesRows ? new RowFinisher(_task, _computeLanes, _nativeCalls, _lanes, isExact: false) : null;
        var publisher = new PredictionPublisher(_task, inputs.Predictions, _latency, _time);
        var positions = new StreamPositions();
        return ChannelSource.FromReader(inputs.Records)
            .Via(MiningGraph.Encoded(new BatchStage(batcher, _options.Batching.Linger, _options.Batching.PredictionLinger, _time), encoder)).Async().AddAttributes(StreamBuffers.OneInFlight)
            .Via(MiningGraph.Scored(_gateway, 2 * _count, publisher))
            .RunWith(Sink.ForEach<ExampleBatch>(batch => Take(batch, positions, inputs.Positions)), _system.Materializer());
    }

    public async ValueTask DisposeAsync()
    {
        await _scorers.GracefulStop(StopTimeout);
        _hangs.Dispose();
    }

    private void Take(ExampleBatch batch, StreamPositions positions, IPositionSink sink)
    {
        using (batch)
        {
            if (batch is { Unlabeled: not null, Predictions: null })
                throw new InvalidOperationException($"{batch.UnlabeledSources.Count} examples could not be predicted: {batch.PredictionFailure}");
            Volatile.Write(ref _counts, Volatile.Read(ref _counts).After(batch));
            positions.Advance(batch.Spans, batch.Incomplete);
            sink.Advance(positions.Snapshot());
        }
    }
}
