using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace HnmStreams.Offline.Serial;

/// <summary>
/// A learner that trains on every example in stream order, without mining. The reference that mining is compared with. It holds out the same
/// examples as the mining learner and promotes its versions by the same gate.
/// </summary>
/// <remarks>One owner, one thread. CPU only.</remarks>
public sealed class UniformLearner : ISerialLearner
{
    private readonly IMiningTask _task;
    private readonly int _batchSize;
    private readonly int _publishEverySteps;
    private readonly TimeProvider _time;
    private readonly Learner _learner;
    private readonly ScoringReplica _replica;
    private readonly HeldOutSplit _split;
    private readonly HeldOutStore _heldOut;
    private readonly ModelRegistry _registry = new();
    private readonly SerialEvaluator _evaluator;
    private long _stepsSincePublish;

    /// <param name="batchSize">Rows per step, at least 1. The rest of a mini-batch is a smaller step.</param>
    public UniformLearner(IMiningTask task, PipelineOptions options, int batchSize, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        (_task, _batchSize, _time, _publishEverySteps) = (task, batchSize, time, options.Publishing.EverySteps);
        _learner = new Learner(task, options.Training, CPU, options.Seed, options.Compute.Threads);
        _replica = new ScoringReplica(task, CPU, options.Compute.Threads);
        _split = options.Evaluation.ToHeldOutSplit();
        _heldOut = new HeldOutStore(options.Evaluation.HeldOutCapacity, task.HasPositives);
        _evaluator = new SerialEvaluator(task, _replica, rows => _heldOut.CopyTo(rows, options.Evaluation.Weighted), copySearched: null, _registry, Gate(options));
    }

    public long Consumed { get; private set; }

    public long Rejected { get; private set; }

    public long Steps => _learner.Steps;

    public long LossTerms { get; private set; }

    public double ScoringSeconds => 0;

    public double RankingSeconds => 0;

    public double EncodingSeconds { get; private set; }

    public double TrainingSeconds { get; private set; }

    /// <summary>Always empty: no label-noise detection.</summary>
    public IReadOnlyCollection<string> Suspects => [];

    public void Learn(IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var rows = new RowBuffer();
        foreach (var example in examples)
        {
            var key = ExampleKey.Of(example.Id);
            if (_split.Contains(_task, example, key))
                HoldOut(example, key);
            else if (!_task.IsUnknown(example.Target) && _task.Encode(example, rows) is not null)
                Rejected++;
            if (rows.Count == _batchSize)
                Train(rows);
        }

        if (rows.Count > 0)
            Train(rows);
        Consumed += examples.Count;
    }

    public IReadOnlyDictionary<string, double> Measure(RowBuffer rows)
    {
        using var newest = _learner.Current();
        return _evaluator.Measure(newest, rows);
    }

    public IReadOnlyDictionary<string, double> MeasureNewest(RowBuffer rows)
    {
        using var newest = _learner.Current();
        return _evaluator.MeasureWeights(newest, rows);
    }

    public void Dispose()
    {
        _registry.Dispose();
        _replica.Dispose();
        _learner.Dispose();
    }

    // The overfitting guard reduces mining, so it has nothing to do here.
    private PromotionGate? Gate(PipelineOptions options) => options.Publishing.Gate && options.Evaluation.HeldOutShare > 0
        ? new PromotionGate(
            _task,
            _registry,
            new OverfittingGuard(new MiningBudget(options.ToBudgetSettings()), new OverfittingGuardOptions { Enabled = false }, _time, NullLogger.Instance),
            options.Publishing,
            _time,
            CardOf)
        : null;

    private void HoldOut(Example example, ExampleKey key)
    {
        using var row = new RowBuffer();
        if (_task.Encode(example, row) is not null)
        {
            Rejected++;
            return;
        }

        var start = _time.GetTimestamp();
        _task.FinishRows(row);
        EncodingSeconds += _time.GetElapsedTime(start).TotalSeconds;
        _heldOut.Add(row, 0, new RowSource(key, example.Id, default(Origin), example.EventTime ?? default, default), _task.RoleOf(row.Labels[0]));
    }

    private void Train(RowBuffer rows)
    {
        var start = _time.GetTimestamp();
        if (_task.FinishesRows)
        {
            _task.FinishRows(rows);
            EncodingSeconds += _time.GetElapsedTime(start).TotalSeconds;
            start = _time.GetTimestamp();
        }

        var outcome = _learner.Step(rows);
        TrainingSeconds += _time.GetElapsedTime(start).TotalSeconds;
        rows.Clear();
        LossTerms += outcome.Terms;
        if (!outcome.Applied || ++_stepsSincePublish < _publishEverySteps)
            return;
        _stepsSincePublish = 0;
        using var published = _learner.Publish();
        _evaluator.ConsiderIfDue(published);
    }

    private ModelCard CardOf(ModelSnapshot snapshot, IReadOnlyDictionary<string, double> heldOut) =>
        new(_task.Name, snapshot.Version, _time.GetUtcNow(), _learner.Steps, Consumed, heldOut, []);
}
