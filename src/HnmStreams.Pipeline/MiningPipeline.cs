using Akka.Actor;
using Akka.Streams;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Training;
using HnmStreams.Tasks;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline;

/// <summary>One running learner: the graph, the actors behind it, and the questions that may be asked of it.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class MiningPipeline : IAsyncDisposable
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(60);

    private readonly IMiningTask _task;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RankingPort _port;
    private readonly SnapshotPublisher _publisher;
    private readonly SharedKillSwitch _killSwitch;
    private readonly IActorRef _supervisor;
    private readonly LearnerSupervisor.Crew _crew;
    private readonly ScoringGateway _gateway;
    private readonly RowBuffer? _testSet;
    private RankingStatus _ranking = RankingStatus.Initial;
    private TrainerStatus _trainer = TrainerStatus.Initial;
    private EvaluationReport _evaluation = EvaluationReport.Empty;

    private MiningPipeline(ActorSystem system, PipelineOptions options, IMiningTask task, PipelineInputs inputs, TimeProvider time, ILoggerFactory logs)
    {
        (_task, _time, _logger) = (task, time, logs.CreateLogger<MiningPipeline>());
        system.Settings.InjectTopLevelFallback(PinnedThreads.Config);
        var device = TorchDevices.Parse(options.Device);
        var lanes = options.Compute.Lanes > 0 ? options.Compute.Lanes
            : device.type == TorchSharp.DeviceType.CPU ? Environment.ProcessorCount : 1;
        var scorers = options.Scoring.Count > 0 ? options.Scoring.Count : lanes;
        var turns = new ComputeLanes(lanes);
        _testSet = inputs.TestSet is { } examples ? Encode(examples) : null;

        var learner = CreateLearner(options, inputs, device);
        _publisher = new SnapshotPublisher(learner.Current());
        _port = new RankingPort();
        _killSwitch = KillSwitches.Shared("learner");

        Func<ScoringReplica> replica = () => new ScoringReplica(task, device, options.Scoring.Threads);
        Action<TrainerStatus> noteTrainer = status => Volatile.Write(ref _trainer, status);
        Action<EvaluationReport> noteEvaluation = report => Volatile.Write(ref _evaluation, report);
        Action<Exception> learnerFailed = OnLearnerFailed;
        var scorer = Props.Create(() => new ScorerActor(replica, task.OutputWidth, _publisher, turns, time));
        var trainer = Props.Create(() => new TrainerActor(learner, _port, _publisher, turns, time, options.Publishing, noteTrainer));
        var evaluator = Props.Create(() => new EvaluatorActor(task, replica, _publisher, _port, turns, _testSet, options.Evaluation.Interval, noteEvaluation));
        _supervisor = system.ActorOf(Props.Create(() => new LearnerSupervisor(scorers, scorer, trainer, evaluator, learnerFailed)));
        _crew = _supervisor.Ask<LearnerSupervisor.Crew>(new LearnerSupervisor.GetCrew(), AskTimeout).GetAwaiter().GetResult();
        _gateway = new ScoringGateway(_crew.Scorers, options.Scoring.Timeout);
        var cutter = new BatchCutter(
            task,
            new ExampleDecoder(inputs.Limits),
            inputs.DeadLetters,
            options.Batching.Size,
            options.Evaluation.HeldOutShare,
            options.Scoring.Share,
            new Xoshiro256StarStar(options.Seed).Fork(4));
        var ranking = new RankingStage(new Ranker(task, options), _port, s => Volatile.Write(ref _ranking, s));

        // Each scorer has one batch in work and one waiting.
        var stream = MiningGraph
            .Build(inputs.Records, _killSwitch, new CutBatches(cutter, options.Batching.Linger), _gateway, 2 * scorers, ranking, inputs.Watermarks)
            .Run(system.Materializer());
        Completion = CompleteAsync(stream);
        LogStarted(task.Name, options.Device, scorers, lanes);
    }

    /// <summary>Ends when the records have ended and all of them are ranked and trained on; fails when the learner does.</summary>
    public Task Completion { get; }

    public PipelineStatus Status => PipelineStatus.Of(
        Volatile.Read(ref _ranking), Volatile.Read(ref _trainer), _gateway.Seconds, Volatile.Read(ref _evaluation));

    /// <summary>Builds the learner and starts to consume.</summary>
    /// <exception cref="InvalidDataException">The initial weights do not fit the task's network, or the test set does not fit the task.</exception>
    public static MiningPipeline Start(
        ActorSystem system, PipelineOptions options, IMiningTask task, PipelineInputs inputs, TimeProvider time, ILoggerFactory logs) =>
        new(system, options, task, inputs, time, logs);

    /// <summary>The pool's hardest negatives, hardest first.</summary>
    public Task<IReadOnlyList<HardNegative>> HardestAsync(int top, CancellationToken cancellation = default)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<HardNegative>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _port.Tell(new RankingMessage.Hardest(top, answer));
        return answer.Task.WaitAsync(AskTimeout, _time, cancellation);
    }

    /// <summary>Judges the newest weights now, on the held-out share and on the test set where there is one.</summary>
    public Task<EvaluationReport> EvaluateAsync(CancellationToken cancellation = default) =>
        _crew.Evaluator.Ask<EvaluationReport>(new EvaluatorActor.Evaluate(WithTestSet: true), AskTimeout, cancellation);

    /// <summary>Saves the newest published weights with their card.</summary>
    /// <returns>The folder that was written, a subfolder of <paramref name="folder"/> named after the version.</returns>
    public Task<string> SaveModelAsync(string folder, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            using var snapshot = _publisher.Acquire();
            var status = Status;
            var heldOut = status.Evaluation.HeldOut.Where(m => double.IsFinite(m.Value)).ToDictionary(StringComparer.Ordinal);
            return ModelFolder.Write(folder, snapshot, new ModelCard(
                _task.Name, snapshot.Version, _time.GetUtcNow(), status.Steps, status.Consumed, heldOut, status.Watermarks));
        },
        cancellation);

    /// <summary>Stops at once: what is in flight is dropped, and <see cref="Completion"/> fails.</summary>
    public void Kill() => _killSwitch.Abort(new OperationCanceledException("The pipeline was stopped before it had drained."));

    public async ValueTask DisposeAsync()
    {
        _killSwitch.Shutdown();
        _port.Tell(new RankingMessage.Stop());
        await _supervisor.GracefulStop(AskTimeout);
        _publisher.Dispose();
        _testSet?.Dispose();
    }

    private Learner CreateLearner(PipelineOptions options, PipelineInputs inputs, Device device)
    {
        var learner = new Learner(_task, options.Training, device, options.Seed, options.Scoring.Threads);
        if (inputs.InitialWeights is not { } path)
            return learner;
        var weights = SafetensorsFile.Read(path);
        learner.LoadWeights(weights);
        foreach (var tensor in weights.Values)
            tensor.Dispose();
        return learner;
    }

    private RowBuffer Encode(IReadOnlyList<Example> examples)
    {
        var rows = new RowBuffer(examples.Count, examples.Count * 64);
        foreach (var example in examples)
        {
            if (_task.Encode(example, rows) is { } refusal)
                throw new InvalidDataException($"Test example '{example.Id}' does not fit the task {_task.Name}: {refusal.Detail}");
        }

        return rows;
    }

    private async Task CompleteAsync(Task stream)
    {
        await stream;
        await _crew.Trainer.Ask<Finished>(Finish.Instance, AskTimeout);
    }

    private void OnLearnerFailed(Exception error)
    {
        LogLearnerFailed(error);
        _killSwitch.Abort(new InvalidOperationException("The trainer failed; the learner is one unit and stops with it.", error));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Learning {Task} on {Device} with {Scorers} scorers on {Lanes} compute lanes")]
    private partial void LogStarted(string task, string device, int scorers, int lanes);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The trainer failed; the learner stops")]
    private partial void LogLearnerFailed(Exception error);
}
