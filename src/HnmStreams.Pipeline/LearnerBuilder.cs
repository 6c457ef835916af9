using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Pipeline.Training;
using HnmStreams.Pipeline.Tuning;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline;

/// <summary>
/// The composition of one learner: restores the state, creates the parts and connects them. The only class that knows
/// all of them.
/// </summary>
/// <remarks>For one build.</remarks>
internal sealed class LearnerBuilder
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly ActorSystem _system;
    private readonly PipelineOptions _options;
    private readonly IMiningTask _task;
    private readonly PipelineInputs _inputs;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _logger;
    private readonly StartLog _startLog;
    private readonly Device _device;
    private readonly int _lanes;
    private readonly int _scorers;
    private readonly bool _gated;
    private readonly bool _labelsComeLater;
    private readonly RankingPort _port = new();

    public LearnerBuilder(ActorSystem system, PipelineOptions options, IMiningTask task, PipelineInputs inputs, TimeProvider time, ILoggerFactory logs)
    {
        (_system, _options, _task, _inputs, _time, _logs) = (system, options, task, inputs, time, logs);
        _logger = logs.CreateLogger<MiningPipeline>();
        _startLog = new StartLog(_logger);
        _device = TorchDevices.Parse(options.Device);
        _lanes = options.Compute.LanesOn(_device);
        _scorers = options.Scoring.CountOn(_lanes);
        _gated = options.Publishing.Gate && !options.IsExact;
        _labelsComeLater = inputs.Labels is { ComeLater: true };
    }

    /// <summary>Builds all parts and starts the stream.</summary>
    public async Task<MiningPipeline.Parts> BuildAsync()
    {
        _system.Settings.InjectTopLevelFallback(PinnedDispatcher.Config);
        var testSet = _inputs.TestSet is { } examples ? Encode(examples) : null;

        // The state.
        var kept = _gated && _inputs.Durable is { } state ? new KeptVersions(state.Store.Folder, _options.Publishing.KeepVersions, _logger) : null;
        kept?.RemoveAbove(_inputs.Durable!.Resume?.ModelVersion ?? -1);
        var registry = new ModelRegistry(kept);
        var tuning = _options.IsExact ? null : TuningSetup.Of(_options.Tuning, _options.Training, _options.Mix, _task, _inputs.Durable?.Resume?.Checkpoint, _logger);
        var learner = CreateLearner(tuning?.Champion);
        Learner[] baselines = _options.Baselines.Enabled ? [CreateLearner(), CreateLearner()] : [];
        var budget = new MiningBudget(_options.ToBudgetSettings());
        var ranker = new Ranker(_task, _options.ToRankerSettings(), budget, CreateJoiner());
        var settings = StateSettings.Of(_options, _task, learner.Signature, _inputs.Labels);
        var resumption = new Resumption(_inputs.Durable?.Resume, _logger);
        using var saved = resumption.Resume(settings, learner, ranker, _gated ? registry : null, _options.IsExact);
        var baselineStarts = resumption.ResumeBaselines(saved, baselines);
        if (tuning is not null)
            ranker.Tune(tuning.Champion);
        if (_inputs.HardNegatives is { } sink)
            ranker.Notify(sink);

        // What the parts share.
        var killSwitch = KillSwitches.Shared("learner");
        var failure = new LearnerFailure(killSwitch, _logger);
        var scoring = new ScoringTimeCounter(baselineStarts.Select(c => c.ScoringSeconds).FirstOrDefault());
        var controller = new BudgetController(budget, _options.MiningBudget, _time, _logs.CreateLogger<BudgetController>());
        var guard = new OverfittingGuard(budget, _options.OverfittingGuard, _time, _logs.CreateLogger<OverfittingGuard>());
        var latency = new PredictionLatency(_time);
        var status = new LearnerStatusBoard(ranker.Status(), saved?.Status ?? TrainerStatus.Initial, scoring, latency, controller, guard, _inputs.Edge);
        var balancer = _options.BalancesSteps && !budget.IsControlled ? new StepBalancer(_options.Mix.BatchSize, budget, _port.SetExamplesPerStep, _time, _logs.CreateLogger<StepBalancer>()) : null;
        status.Set(balancer);
        var publisher = new SnapshotPublisher(saved is null ? learner.Current() : saved.Versions[^1].Snapshot.Share());
        var served = new ServedModels(registry, publisher);
        var versions = _options.IsExact ? new VersionSchedule(_options.Overlap, FirstVersions(saved, publisher, ranker.BatcherState.NextBatch)) : null;
        var lanes = new ComputeLanes(_lanes);
        // One page per scorer, learner and batch that is encoded or checked at once. A restarted scorer takes the page of its predecessor.
        var encoders = _task.FinishesRows ? _lanes : 0;
        // A round of pairs is checked at a time.
        var pairTeacher = (_task as IGroupedTask)?.PairTeacher;
        var teachers = pairTeacher is not null ? 1 : _task.Teacher is null ? 0 : _lanes;
        var workers = _scorers + 1 + baselines.Length + encoders + teachers + (tuning?.Challengers ?? 0);
        var journal = _inputs.Durable is { } durable ? CrashJournal.Open(durable.Store.Folder, workers, durable.Store.Epoch) : null;
        _startLog.Crashes(journal);
        var nativeCalls = new NativeCallTracker(journal, workers, _time);
        var hangs = new HangDetector(nativeCalls, _options.Supervision.HangAfter, _time, _logger);

        // The actors.
        Func<ScoringReplica> replica = () => new ScoringReplica(_task, _device, _options.Compute.Threads);
        var promoter = _gated ? new PromotionGate(_task, registry, guard, _options.Publishing, _time, (snapshot, metrics) => ModelCards.Of(_task, snapshot, metrics, status.Current, _time)) : null;
        var tuner = tuning?.CreateTuner(status.Cost, status.Set, _time, _logs.CreateLogger<Tuner>());
        var supervisor = _system.ActorOf(SupervisorProps(
            Props.Create(() => new ScorerActor(replica, _task.OutputWidth, publisher, lanes, nativeCalls, _time)),
            TrainerProps(learner, publisher, lanes, nativeCalls, status, saved, versions),
            [.. baselines.Select((own, i) => ($"baseline-{i}", BaselineProps((Baseline)i, own, baselineStarts[i].Status, scoring, lanes, nativeCalls)))],
            beside => EvaluatorProps(replica, publisher, lanes, testSet, beside, status, controller, balancer, promoter, served),
            failure.Report,
            tuner is null ? null : tuning!.TunerProps(tuner, NewLearner, replica, _port, lanes, nativeCalls, () => status.Current.Ranking.MiningAllowed, _time)));
        var actors = await supervisor.Ask<LearnerSupervisor.LearnerActors>(new LearnerSupervisor.GetActors(), StartTimeout);

        // The stream. Each scorer has one batch that it scores and one that waits.
        var gateway = new ScoringGateway(actors.Scorers, _options.Scoring.Timeout, scoring, served, versions);
        Batcher? batcher = null;
        Source<ExampleBatch, NotUsed> scored;
        if (_inputs.Edge is { } edge)
        {
            scored = edge.Open(new LearnerEdgeParts(EdgeProtocol.ShapeOf(_task, learner.Signature, _labelsComeLater), _task.OutputWidth, _options.Seed, status.Current.Ranking.Positions, ranker.BatcherState, publisher, versions, registry, _labelsComeLater, journal, scoring)).Via(killSwitch.Flow<ExampleBatch>());
        }
        else
        {
            batcher = CreateBatcher(ranker, budget, nativeCalls, status.Current.Ranking);
            scored = MiningGraph.Scored(
                _inputs.Records ?? throw new InvalidOperationException("A learner needs records, or an edge to score nodes."),
                new BatchStage(batcher, _options.BatchLinger, _options.Batching.PredictionLinger, _time),
                encoders > 0 ? new RowFinisher(_task, lanes, nativeCalls, encoders, _options.IsExact) : null,
                gateway,
                2 * _scorers,
                _labelsComeLater || _inputs.Predictions is not null ? new PredictionPublisher(_task, _inputs.Predictions, latency, _time) : null,
                killSwitch);
        }

        var stream = MiningGraph
            .Build(scored, _task.Teacher is { } labelTeacher ? new TeacherCheck(_task, labelTeacher, lanes, nativeCalls, teachers, _options.IsExact) : null, CreateRankingStage(ranker, status, saved?.Pending ?? [], gateway, pairTeacher is null ? null : new PairCheck(pairTeacher, lanes, nativeCalls, _options.IsExact)), _inputs.Edge?.Following(_inputs.Positions) ?? _inputs.Positions)
            .Run(_system.Materializer());
        _inputs.Edge?.Start();
        var checkpointer = StartCheckpointer(journal, settings, status, baselines.Length, registry, tuner, failure);
        PipelineInstruments.AppearAtZero();
        StreamInstruments.AppearAtZero(status.Current.Ranking);
        _startLog.Started(_task, _device, _scorers, _lanes);
        var queries = new LearnerAnswers(_task, _port, actors.Evaluator, publisher, registry, _gated, status, _time);
        return new MiningPipeline.Parts(
            stream, killSwitch, failure, status, queries, supervisor, actors, _port, batcher, checkpointer, registry, publisher, versions, journal, hangs, testSet);
    }

    private Learner NewLearner(TunedSettings? tuned) =>
        new(_task, tuned is null ? _options.Training : _options.Training.With(tuned.LearningRate, tuned.WeightDecay), _device, _options.Seed, _options.Compute.Threads);

    private Learner CreateLearner(TunedSettings? tuned = null)
    {
        var learner = NewLearner(tuned);
        if (_inputs.InitialWeights is { } path && _inputs.Durable?.Resume is null)
            InitialWeights.Load(learner, path);
        return learner;
    }

    private LabelJoiner? CreateJoiner()
    {
        if (!_labelsComeLater)
            return null;
        if (_options.IsExact)
            throw new InvalidOperationException("'labels.mode' must be 'inline' if 'pipeline.mode' is 'exact', because the predicting version depends on the clock. Set 'pipeline.mode' to 'live'.");
        return LabelJoiner.Open(_task, _inputs.Labels!, _inputs.Durable?.Store.Folder, _inputs.Durable?.Resume?.Checkpoint, _time, LabelRequests.Create(_task, _inputs.Labels!.Requests, _inputs.LabelRequests, _time));
    }

    private RowBuffer Encode(IReadOnlyList<Example> examples)
    {
        var rows = new RowBuffer(examples.Count, examples.Count * 64);
        foreach (var example in examples)
        {
            if (_task.Encode(example, rows) is { } rejection)
                throw new InvalidDataException($"Test example '{example.Id}' does not fit the task {_task.Name}: {rejection.Detail}");
            if (!_options.Evaluation.Weighted)
                rows.SetWeight(rows.Count - 1, 1);
        }

        if (_task.FinishesRows)
            _startLog.EncodesTestSet(rows.Count);
        _task.FinishRows(rows, _options.IsExact);
        return rows;
    }

    // The weights that score the first batches. A checkpoint of live mode has one version, which scores all of them.
    private static IReadOnlyList<PublishedVersion> FirstVersions(TrainerCapture? saved, SnapshotPublisher publisher, long batches) => saved is null
        ? [new PublishedVersion(batches - 1, publisher.Acquire())]
        : [.. saved.Versions.SkipLast(1).Select(v => v with { Snapshot = v.Snapshot.Share() }), new PublishedVersion(batches - 1, saved.Versions[^1].Snapshot.Share())];

    private Props SupervisorProps(
        Props scorer, Props trainer, IReadOnlyList<(string, Props)> baselines, Func<IReadOnlyList<IActorRef>, Props> evaluator, Action<Exception> failed, Props? tuner) =>
        Props.Create(() => new LearnerSupervisor(_scorers, scorer, trainer, baselines, evaluator, failed, tuner));

    private Props TrainerProps(
        Learner learner, SnapshotPublisher publisher, ComputeLanes lanes, NativeCallTracker nativeCalls, LearnerStatusBoard status, TrainerCapture? saved, VersionSchedule? versions)
    {
        var start = TrainerStart.Of(saved);
        var exact = versions is null ? null : new ExactTraining(versions, _options.Overlap, saved?.Pending ?? []);
        Action<TrainerStatus> publish = status.Set;
        Func<TunedSettings, Learner> createTuned = NewLearner;
        var logger = _logs.CreateLogger<TrainerActor>();
        return Props.Create(() => new TrainerActor(learner, _port, publisher, lanes, _time, _options.Publishing, publish, start, exact, nativeCalls, createTuned, logger));
    }

    private Props BaselineProps(Baseline which, Learner learner, BaselineStatus from, ScoringTimeCounter scoring, ComputeLanes lanes, NativeCallTracker nativeCalls)
    {
        var asksForMore = which == Baseline.RandomEqualCompute && !_options.IsExact;
        return Props.Create(() => new BaselineActor(which, learner, from, _port, lanes, scoring, nativeCalls, _time, asksForMore));
    }

    private Props EvaluatorProps(
        Func<ScoringReplica> replica, SnapshotPublisher publisher, ComputeLanes lanes, RowBuffer? testSet, IReadOnlyList<IActorRef> baselines, LearnerStatusBoard status, BudgetController controller, StepBalancer? balancer, PromotionGate? promoter, ServedModels served)
    {
        Func<LearnerPerformance> cost = status.Cost;
        Action<EvaluationReport, BaselineReport?> publish = (report, baselines) =>
        {
            status.Set(report, baselines);
            balancer?.Adjust(status.Current.Ranking.Stream.Scored, status.StepCosts());
        };
        Action<BaselineReport> adjustBudget = comparison =>
        {
            var ranking = status.Current.Ranking;
            controller.Adjust(comparison.ToObservation(ranking.MiningAllowed), comparison.Mined.TrainedRows, ranking.Stream.Consumed - ranking.Stream.HeldOut);
        };
        return Props.Create(() => new EvaluatorActor(
            _task, replica, publisher, _port, lanes, testSet, _options.Evaluation.Interval, baselines, cost, promoter, served, publish, adjustBudget));
    }

    private Batcher CreateBatcher(Ranker ranker, MiningBudget budget, NativeCallTracker nativeCalls, RankingStatus status) => new(
        _task,
        _inputs.Decoder,
        _inputs.DeadLetters,
        _options.Batching.Size,
        _options.Evaluation.ToHeldOutSplit(),
        budget,
        ranker.BatcherState,
        new ExpectedOffsets(status.Positions),
        new PoisonRecordBisection(() => nativeCalls.Plan),
        onePartition: _options.IsExact,
        keepsOrder: _labelsComeLater);

    private RankingStage CreateRankingStage(Ranker ranker, LearnerStatusBoard status, IReadOnlyList<TrainedRound> pending, ScoringGateway gateway, PairCheck? pairs)
    {
        var parts = new RankingParts(ranker, _port, status.Set, new BaselineRounds(_options.Baselines.Enabled, ranker.BatcherState.NextBatch), _time, _options.IsExact ? null : new RescoringPort(gateway.ScoreAsync, () => gateway.Requests < _scorers), _inputs.Edge is { } edge ? edge.SetBounds : null, pairs);
        return new RankingStage(stage => _options.IsExact
            ? new ExactRanking(stage, parts, _options.Overlap, pending)
            : new LiveRanking(stage, parts));
    }

    private Checkpointer? StartCheckpointer(CrashJournal? journal, IReadOnlyDictionary<string, string> settings, LearnerStatusBoard status, int baselines, ModelRegistry registry, Tuner? tuner, LearnerFailure failure)
    {
        if (_inputs.Durable is not { } durable)
            return null;
        // Ranking stage, trainer, baselines, registry, waiting store and tuner.
        var contributors = 2 + baselines + (_gated ? 1 : 0) + (_labelsComeLater ? 1 : 0) + (tuner is null ? 0 : 1);
        var from = durable.Resume is { } resume ? CheckpointStatus.None with { Id = resume.Id, At = resume.Created, Consumed = status.Current.Ranking.Stream.Consumed, Bytes = resume.Bytes } : CheckpointStatus.None;
        var checkpointer = new Checkpointer(
            durable.Store, journal!, contributors, request => CaptureInto(request, registry, tuner), _inputs.AcknowledgeAsync, durable.Positions, settings, () => status.Progress, from, _time, _logs.CreateLogger<Checkpointer>());
        status.Set(checkpointer);
        checkpointer.Start(failure.Report);
        return checkpointer;
    }

    // The registry first, so that no model in a checkpoint is of a version that the learner has yet to make.
    private void CaptureInto(CheckpointRequest request, ModelRegistry registry, Tuner? tuner)
    {
        if (tuner is not null)
            request.Add(tuner.Capture());
        if (_gated)
            request.Add(registry.Capture());
        _port.Tell(new RankingMessage.Checkpoint(request));
    }
}
