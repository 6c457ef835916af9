using Akka.Actor;
using Akka.Streams;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Telemetry;
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
public sealed partial class MiningPipeline : ILearnerQuestions, IAsyncDisposable
{
    private const string UnitOfFailure = "A part of the learner failed; it is one unit and stops with it.";
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(60);

    private readonly IMiningTask _task;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RankingPort _port;
    private readonly SnapshotPublisher _publisher;
    private readonly ModelRegistry _registry = new();
    private readonly bool _gated;
    private readonly SharedKillSwitch _killSwitch;
    private readonly IActorRef _supervisor;
    private readonly LearnerSupervisor.LearnerActors _crew;
    private readonly ScoringGateway _gateway;
    private readonly ScoringTimeCounter _scoring;
    private readonly BudgetController _pilot;
    private readonly OverfittingGuard _overfittingGuard;
    private readonly RowBuffer? _testSet;
    private readonly Batcher _cutter;
    private readonly Checkpointer? _checkpointer;
    private readonly VersionSchedule? _versions;
    private readonly CrashJournal? _journal;
    private readonly HangDetector _hangs;
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TimeSpan> _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RankingStatus _ranking = RankingStatus.Initial;
    private TrainerStatus _trainer = TrainerStatus.Initial;
    private EvaluationReport _evaluation = EvaluationReport.Empty;
    private BaselineReport? _control;

    private MiningPipeline(ActorSystem system, PipelineOptions options, IMiningTask task, PipelineInputs inputs, TimeProvider time, ILoggerFactory logs)
    {
        (_task, _time, _logger) = (task, time, logs.CreateLogger<MiningPipeline>());
        system.Settings.InjectTopLevelFallback(PinnedDispatcher.Config);
        var device = TorchDevices.Parse(options.Device);
        var lanes = options.Compute.Lanes > 0 ? options.Compute.Lanes
            : device.type == TorchSharp.DeviceType.CPU ? Environment.ProcessorCount : 1;
        var scorers = options.Scoring.Count > 0 ? options.Scoring.Count : lanes;
        var turns = new ComputeLanes(lanes);
        _testSet = inputs.TestSet is { } examples ? Encode(examples) : null;

        var learner = CreateLearner(options, inputs, device);
        Learner[] baselineLearners = options.Baselines.Enabled ? [CreateLearner(options, inputs, device), CreateLearner(options, inputs, device)] : [];
        var budget = new MiningBudget(options.ToBudgetSettings());
        _pilot = new BudgetController(budget, options.MiningBudget, time, logs.CreateLogger<BudgetController>());
        var ranker = new Ranker(task, options.ToRankerSettings(), budget);
        var shape = LearnerShape.Of(options, task, learner.Signature);
        _gated = options.Publishing.Gate && !options.IsExact;
        var resumption = new Resumption(inputs.Durable?.Resume, _logger);
        using var saved = resumption.Resume(shape, learner, ranker, _gated ? _registry : null, options.IsExact);
        var baselineStarts = resumption.ResumeBaselines(saved, baselineLearners);
        _overfittingGuard = new OverfittingGuard(budget, options.OverfittingGuard, time, logs.CreateLogger<OverfittingGuard>());
        _scoring = new ScoringTimeCounter(baselineStarts.Select(c => c.ScoringSeconds).FirstOrDefault());
        if (inputs.HardNegatives is { } listener)
            ranker.Tell(listener);
        _publisher = new SnapshotPublisher(saved is null ? learner.Current() : saved.Versions[^1].Snapshot.Share());
        _versions = options.IsExact ? new VersionSchedule(options.Overlap, FirstVersions(saved, ranker.Cutter.Cuts)) : null;
        _port = new RankingPort();
        _killSwitch = KillSwitches.Shared("learner");

        _trainer = saved?.Status ?? TrainerStatus.Initial;
        _ranking = ranker.Status();
        var start = TrainerStart.Of(saved);
        var exact = _versions is null ? null : new ExactTraining(_versions, options.Overlap, saved?.Pending ?? []);
        // One page for each scorer and each learner; a scorer that is restarted takes the page of the one before.
        var workers = scorers + 1 + baselineLearners.Length;
        _journal = inputs.Durable is { } kept ? CrashJournal.Open(kept.Store.Folder, workers, kept.Store.Epoch) : null;
        var watch = new NativeCallTracker(_journal, workers, time);
        _hangs = new HangDetector(watch, options.Supervision.HangAfter, OnHang, time);
        SayWhatDied();
        Func<ScoringReplica> replica = () => new ScoringReplica(task, device, options.Scoring.Threads);
        Action<TrainerStatus> noteTrainer = status => Volatile.Write(ref _trainer, status);
        Action<EvaluationReport, BaselineReport?> noteEvaluation = Note;
        Func<LearnerPerformance> cost = () => PerformanceOf(Volatile.Read(ref _trainer));
        Action<Exception> learnerFailed = OnLearnerFailed;
        var scorer = Props.Create(() => new ScorerActor(replica, task.OutputWidth, _publisher, turns, watch, time));
        var trainer = Props.Create(() => new TrainerActor(learner, _port, _publisher, turns, time, options.Publishing, noteTrainer, start, exact, watch));
        IReadOnlyList<(string, Props)> controls = [.. baselineLearners.Select((own, i) => ($"baseline-{i}", BaselineProps((Baseline)i, own, baselineStarts[i].Status, watch, turns, options.IsExact)))];
        var gate = _gated ? new PromotionGate(task, _registry, _overfittingGuard, options.Publishing, time, CardOf) : null;
        Func<IReadOnlyList<IActorRef>, Props> evaluator = beside => Props.Create(
            () => new EvaluatorActor(task, replica, _publisher, _port, turns, _testSet, options.Evaluation.Interval, beside, cost, gate, _registry, noteEvaluation));
        _supervisor = system.ActorOf(Props.Create(() => new LearnerSupervisor(scorers, scorer, trainer, controls, evaluator, learnerFailed)));
        _crew = _supervisor.Ask<LearnerSupervisor.LearnerActors>(new LearnerSupervisor.GetActors(), AskTimeout).GetAwaiter().GetResult();
        _gateway = new ScoringGateway(_crew.Scorers, options.Scoring.Timeout, _scoring, _versions);
        _cutter = new Batcher(
            task,
            new ExampleDecoder(inputs.Limits),
            inputs.DeadLetters,
            options.Batching.Size,
            new HeldOutSplit(options.Evaluation.HeldOutShare, options.Evaluation.HeldOutStretch),
            budget,
            ranker.Cutter,
            new ExpectedOffsets(_ranking.Positions),
            new PoisonRecordBisection(() => watch.Plan),
            onePartition: options.IsExact);
        var parts = new RankingParts(ranker, _port, s => Volatile.Write(ref _ranking, s), new BaselineRounds(options.Baselines.Enabled, ranker.Cutter.Cuts), time);
        IReadOnlyList<TrainedRound> pending = saved?.Pending ?? [];
        var ranking = new RankingStage(stage => options.IsExact
            ? new ExactRanking(stage, parts, options.Overlap, pending)
            : new LiveRanking(stage, parts));

        // Each scorer has one batch in work and one waiting.
        var stream = MiningGraph
            .Build(inputs.Records, _killSwitch, new BatchStage(_cutter, options.IsExact ? Timeout.InfiniteTimeSpan : options.Batching.Linger), _gateway, 2 * scorers, ranking, inputs.Positions)
            .Run(system.Materializer());
        Completion = CompleteAsync(stream);
        if (inputs.Durable is { } durable)
        {
            _checkpointer = new Checkpointer(
                durable.Store, _journal!, baselineLearners.Length + (_gated ? 3 : 2), CaptureInto, inputs.DeadLetters, durable.Positions, shape, Progress, StatusOf(durable.Resume), time, logs.CreateLogger<Checkpointer>());
            _checkpointer.Start(OnLearnerFailed);
        }

        PipelineInstruments.AppearAtZero();
        LogStarted(task.Name, options.Device, scorers, lanes);
    }

    /// <summary>Ends when the records have ended and all of them are ranked and trained on; fails when the learner does.</summary>
    public Task Completion { get; }

    /// <summary>Completes when a call into native code has not come back for <c>supervision.hangAfter</c>, with how long it has been: only the process's end helps.</summary>
    public Task<TimeSpan> Hung => _hung.Task;

    public PipelineStatus Status => PipelineStatus.Of(
        Volatile.Read(ref _ranking), Volatile.Read(ref _trainer), _scoring.Seconds, Volatile.Read(ref _evaluation), _checkpointer?.Status ?? CheckpointStatus.None, Volatile.Read(ref _control), _pilot.Last, _overfittingGuard.Last);

    /// <summary>Builds the learner and starts to consume.</summary>
    /// <exception cref="InvalidDataException">The initial weights do not fit the task's network, or the test set does not fit the task.</exception>
    /// <exception cref="ShapeMismatchException">The checkpoint to go on from was made under settings that its state does not fit.</exception>
    public static MiningPipeline Start(
        ActorSystem system, PipelineOptions options, IMiningTask task, PipelineInputs inputs, TimeProvider time, ILoggerFactory logs) =>
        new(system, options, task, inputs, time, logs);

    /// <inheritdoc/>
    public Task<IReadOnlyList<HardNegative>> HardestAsync(int top, CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.Inspection.Hardest(top), cancellation);

    /// <inheritdoc/>
    public async Task<HardnessHistogram> HistogramAsync(CancellationToken cancellation = default)
    {
        // The stage copies its index; bins are counted here.
        var (snapshot, threshold) = await AskAsync(ranker => ranker.PoolIndex(), cancellation);
        using (snapshot)
            return HardnessHistogram.Of(snapshot, threshold);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ComposedBatch>> BatchesAsync(CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.Inspection.LastBatches(), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<QuarantinedCandidate>> QuarantinedAsync(CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.Inspection.Quarantined(), cancellation);

    /// <inheritdoc/>
    public Task<bool> JudgeAsync(string id, int unit, bool wrongLabel, CancellationToken cancellation = default) =>
        AskAsync(ranker => wrongLabel ? ranker.Inspection.Confirm(id, unit) : ranker.Inspection.Release(id, unit), cancellation);

    /// <inheritdoc/>
    public Task<Candidate?> CandidateAsync(string id, int unit, CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.Inspection.Find(id, unit), cancellation);

    /// <inheritdoc/>
    public async Task<Explanation?> ExplainAsync(string id, int unit, CancellationToken cancellation = default)
    {
        var neighbourhood = await AskAsync(ranker => ranker.Inspection.NeighbourhoodOf(id, unit), cancellation);
        return neighbourhood is null
            ? null
            : await _crew.Evaluator.Ask<Explanation>(new EvaluatorActor.Explain(neighbourhood), AskTimeout, cancellation);
    }

    /// <summary>Judges the newest weights now, on the held-out share and on the test set where there is one.</summary>
    public Task<EvaluationReport> EvaluateAsync(CancellationToken cancellation = default) =>
        _crew.Evaluator.Ask<EvaluationReport>(new EvaluatorActor.Evaluate(WithTestSet: true), AskTimeout, cancellation);

    /// <inheritdoc/>
    public RegistryStatus Models() => _registry.Status(_gated, _publisher.Version) is var standings && standings.Gated
        ? standings
        : standings with { Latest = NewestCard() };

    /// <inheritdoc/>
    public Task<ModelCard?> WriteLatestAsync(string path, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            using var latest = TakeLatest();
            if (latest is not null)
                ModelFolder.WriteFile(path, latest.Snapshot, latest.Card);
            return latest?.Card;
        },
        cancellation);

    /// <inheritdoc/>
    public async Task<ScoredExamples> ScoreAsync(IReadOnlyList<Example> examples, CancellationToken cancellation = default)
    {
        var rows = new RowBuffer(Math.Max(1, examples.Count));
        var refusals = examples.Select(example => _task.Encode(example, rows)?.Detail).ToArray();
        var scores = await _crew.Evaluator.Ask<EvaluatorActor.RowScores>(new EvaluatorActor.ScoreRows(rows), AskTimeout, cancellation);
        var next = 0;
        return new ScoredExamples(scores.Version, scores.Card is not null, [.. examples.Select((example, i) =>
        {
            if (refusals[i] is { } refusal)
                return new ScoredExample(example.Id, refusal, [], null, null);
            var outputs = scores.Outputs.AsSpan(next++ * _task.OutputWidth, _task.OutputWidth);
            var calibrated = scores.Card?.Calibration is { } calibration ? Probabilities.Of(_task, outputs, calibration) : null;
            return new ScoredExample(example.Id, null, outputs.ToArray(), Probabilities.Of(_task, outputs, null), calibrated);
        })]);
    }

    /// <summary>Saves the latest model with its card: the best that there is, up to the noise; without the gate the newest.</summary>
    /// <param name="folder">Gets a subfolder named after the version.</param>
    public Task<SavedModel> SaveModelAsync(string folder, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            // Where nothing was ever judged, the newest is all that there is.
            using var model = TakeLatest() ?? TakeNewest();
            return new SavedModel(ModelFolder.Write(folder, model.Snapshot, model.Card), model.Card);
        },
        cancellation);

    /// <summary>Makes a checkpoint now. Also after the stream has ended; not after <see cref="DisposeAsync"/>.</summary>
    /// <returns>How checkpoints stand then; <see cref="CheckpointStatus.LastFailure"/> says why there is none.</returns>
    /// <exception cref="InvalidOperationException">This learner keeps no state, or another has taken over.</exception>
    public async Task<CheckpointStatus> CheckpointAsync(CancellationToken cancellation = default)
    {
        if (_checkpointer is null)
            throw new InvalidOperationException("This learner keeps no state: there is no folder for checkpoints.");
        await _checkpointer.SaveAsync(cancellation);
        return _checkpointer.Status;
    }

    /// <summary>
    /// The stream is about to be interrupted, not at its end. In exact mode the incomplete batch is then left for the
    /// run that goes on from here; in live mode this changes nothing.
    /// </summary>
    public void Interrupt()
    {
        if (_versions is not null)
            _cutter.DropIncomplete();
    }

    /// <summary>Stops at once: what is in flight is dropped, and <see cref="Completion"/> fails.</summary>
    public void Kill() => _killSwitch.Abort(new OperationCanceledException("The pipeline was stopped before it had drained."));

    public async ValueTask DisposeAsync()
    {
        _killSwitch.Shutdown();
        if (_checkpointer is not null)
            await _checkpointer.DisposeAsync();
        _port.Tell(new RankingMessage.Stop());
        await _supervisor.GracefulStop(AskTimeout);
        _hangs.Dispose();
        _journal?.Dispose();
        _registry.Dispose();
        _publisher.Dispose();
        _versions?.Dispose();
        _testSet?.Dispose();
    }

    private Task<T> AskAsync<T>(Func<Ranker, T> question, CancellationToken cancellation) =>
        _port.AskAsync(question).WaitAsync(AskTimeout, _time, cancellation);

    // The registry first, so that no model in the checkpoint is of a version that the learner has yet to make.
    private void CaptureInto(CheckpointRequest request)
    {
        if (_gated)
            request.Add(_registry.Capture());
        _port.Tell(new RankingMessage.Checkpoint(request));
    }

    private RegisteredModel? TakeLatest() => _gated ? _registry.TakeLatest() : TakeNewest();

    private RegisteredModel TakeNewest()
    {
        var newest = _publisher.Acquire();
        return new RegisteredModel(newest, CardOf(newest, Status.Evaluation.HeldOut));
    }

    private ModelCard NewestCard()
    {
        using var newest = TakeNewest();
        return newest.Card;
    }

    private ModelCard CardOf(ModelSnapshot snapshot, IReadOnlyDictionary<string, double> heldOut)
    {
        var status = Status;
        var defined = heldOut.Where(m => double.IsFinite(m.Value)).ToDictionary(StringComparer.Ordinal);
        return new ModelCard(_task.Name, snapshot.Version, _time.GetUtcNow(), status.Steps, status.Consumed, defined, status.Positions);
    }

    private Learner CreateLearner(PipelineOptions options, PipelineInputs inputs, Device device)
    {
        var learner = new Learner(_task, options.Training, device, options.Seed, options.Scoring.Threads);
        if (inputs.InitialWeights is not { } path || inputs.Durable?.Resume is not null)
            return learner;
        var weights = SafetensorsFile.Read(path);
        learner.LoadWeights(weights);
        foreach (var tensor in weights.Values)
            tensor.Dispose();
        return learner;
    }

    private Props BaselineProps(Baseline which, Learner learner, BaselineStatus from, NativeCallTracker watch, ComputeLanes turns, bool exact)
    {
        var asksForMore = which == Baseline.RandomEqualCompute && !exact;
        return Props.Create(() => new BaselineActor(which, learner, from, _port, turns, _scoring, watch, _time, asksForMore));
    }

    private LearnerPerformance PerformanceOf(TrainerStatus trainer) =>
        new(EvaluationReport.Empty.HeldOut, trainer.Steps, trainer.TrainedRows, _scoring.Seconds, trainer.Seconds);

    private void Note(EvaluationReport report, BaselineReport? control)
    {
        Volatile.Write(ref _evaluation, report);
        if (control is null)
            return;
        Volatile.Write(ref _control, control);
        var ranking = Volatile.Read(ref _ranking);
        _pilot.Take(control.ToObservation(ranking.MiningAllowed), control.Mined.TrainedRows, ranking.Consumed - ranking.HeldOut);
    }

    // What scores the first batches. A checkpoint of live mode has one version, which serves whatever comes.
    private IReadOnlyList<PublishedVersion> FirstVersions(TrainerCapture? saved, long cuts) => saved is null
        ? [new PublishedVersion(cuts - 1, _publisher.Acquire())]
        : [.. saved.Versions.SkipLast(1).Select(v => v with { Snapshot = v.Snapshot.Share() }), new PublishedVersion(cuts - 1, saved.Versions[^1].Snapshot.Share())];

    private static CheckpointStatus StatusOf(ResumePoint? from) => from is null
        ? CheckpointStatus.None
        : CheckpointStatus.None with { Id = from.Id, At = from.Created, Bytes = from.Bytes };

    private (long Consumed, long Steps) Progress() => (Volatile.Read(ref _ranking).Consumed, Volatile.Read(ref _trainer).Steps);

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
        var finished = Task.WhenAll(_crew.Baselines.Append(_crew.Trainer).Select(learner => learner.Ask<Finished>(Finish.Instance, AskTimeout)));
        // Who fails now fails behind the stream's end, and answers nobody.
        if (await Task.WhenAny(finished, _failed.Task) == _failed.Task)
            throw new InvalidOperationException(UnitOfFailure, await _failed.Task);
        await finished;
    }

    private void OnHang(TimeSpan since)
    {
        LogHung(since);
        _hung.TrySetResult(since);
    }

    private void SayWhatDied()
    {
        if (_journal?.Damage is { } damage)
            LogJournalDamaged(damage);
        foreach (var cut in _journal?.LastDeath ?? [])
            LogDied(cut.Work);
        foreach (var culprit in _journal?.History.Culprits ?? [])
            LogCulprit(culprit.Topic, culprit.Partition, culprit.Offset, culprit.Deaths, culprit.Work);
    }

    private void OnLearnerFailed(Exception error)
    {
        LogLearnerFailed(error);
        _failed.TrySetResult(error);
        _killSwitch.Abort(new InvalidOperationException(UnitOfFailure, error));
    }
}
