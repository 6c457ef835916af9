using HnmStreams.Data.Examples;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Mixing;

/// <summary>
/// Composes training batches by the ratios of the task's mix plan. The ranking stage calls it directly: drawing changes use
/// counts, so there must be no stage boundary between it and the pool.
/// </summary>
/// <remarks>Owned by the ranking stage. O(batch log pool).</remarks>
internal sealed class BatchComposer(
    IMiningTask task,
    MixOptions mix,
    MiningBudget budget,
    Xoshiro256StarStar generator,
    NewPositives newPositives,
    PayloadStore payloads,
    Reservoir<CandidateKey, StoredExample> positives,
    IHardPool<ExampleKey, StoredExample> pool,
    Reservoir<CandidateKey, StoredExample> negatives) : IBatchComposer
{
    private const int MaxRedraws = 4;

    private readonly List<DrawnItem<ExampleKey, StoredExample>> _hard = [];
    private readonly List<KeyValuePair<CandidateKey, StoredExample>> _drawn = [];
    private readonly HashSet<CandidateKey> _taken = [];

    public bool HasSupply => newPositives.Count + positives.Count + pool.Count + negatives.Count > 0;

    /// <param name="step">The number of the step, for use counts and cool-down.</param>
    public TrainingBatch Compose(long step, bool miningAllowed)
    {
        var supply = new MixSupply(newPositives.Count, positives.Count, pool.Count, negatives.Count);
        var plan = task.Compose(Mix(), supply, miningAllowed && budget.HardShare > 0);
        var batch = new TrainingBatch(plan);
        _taken.Clear();

        newPositives.Take(plan.NewPositives, example => Add(batch, new CandidateKey(example.Source.Key, 0), example, "new"));
        AddDrawn(batch, positives, plan.ReservoirPositives, "positive");
        _hard.Clear();
        var hardFrom = batch.Rows.Count;
        pool.MaxUses = budget.MaxUses;
        pool.Draw(plan.HardNegatives, step, generator, _hard);
        // Used-up items have already left the pool; their payload stays valid until the next example is stored.
        foreach (var item in _hard)
            Add(batch, item.Item.Key, item.Item.Payload, "hard", item.Weight);
        batch.Hard = hardFrom..batch.Rows.Count;
        // Items that are cooling down cannot be drawn; random negatives take their places.
        batch.CoolingDown = plan.HardNegatives - _hard.Count;
        AddDrawn(batch, negatives, plan.RandomNegatives + batch.CoolingDown, "random");

        if (plan.Shortfall is not null)
            PipelineInstruments.Shortfalls.Add(1);
        return batch;
    }

    /// <summary>
    /// Composes the counterpart of a mined batch for a baseline without mining: random negatives replace the rows from the pool, and all
    /// other rows are identical, so that the batches differ in nothing else (common random numbers).
    /// </summary>
    /// <param name="draws">The baselines' own generator, so that they do not shift the draws of the mined learner.</param>
    public TrainingBatch ComposeRandom(TrainingBatch mined, Xoshiro256StarStar draws)
    {
        var batch = new TrainingBatch(mined.Plan);
        _taken.Clear();
        var (hardFrom, hardCount) = mined.Hard.GetOffsetAndLength(mined.Rows.Count);
        for (var row = 0; row < mined.Rows.Count; row++)
        {
            if (row >= hardFrom && row < hardFrom + hardCount)
                continue;
            _taken.Add(mined.Keys[row]);
            batch.Add(mined, row);
        }

        Fill(batch, negatives, mined.Rows.Count, draws);
        return batch;
    }

    public TrainingBatch ComposeVariant(TrainingBatch mined, double hardShare, double positiveShare, long step, bool miningAllowed, Xoshiro256StarStar draws)
    {
        var shares = new MixOptions { BatchSize = mix.BatchSize, PositiveShare = positiveShare, HardShare = budget.HardShareOf(hardShare) };
        var supply = new MixSupply(mined.Plan.NewPositives, positives.Count, pool.Count + mined.Plan.HardNegatives, negatives.Count);
        var plan = task.Compose(shares, supply, miningAllowed && shares.HardShareOrDefault > 0);
        var batch = new TrainingBatch(plan);
        _taken.Clear();
        var (hardFrom, hardCount) = mined.Hard.GetOffsetAndLength(mined.Rows.Count);
        var randomFrom = hardFrom + hardCount;
        // Rows of the mined batch first, in their order: the new positives, then those from the reservoir.
        var wanted = plan.NewPositives + plan.ReservoirPositives;
        CopyRows(batch, mined, 0, Math.Min(hardFrom, wanted));
        Fill(batch, positives, wanted, draws);
        var before = batch.Rows.Count;
        CopyRows(batch, mined, hardFrom, Math.Min(hardCount, plan.HardNegatives));
        if (plan.HardNegatives > hardCount)
            AddSampled(batch, plan.HardNegatives - hardCount, step, draws);
        batch.Hard = before..batch.Rows.Count;
        CopyRows(batch, mined, randomFrom, Math.Min(mined.Rows.Count - randomFrom, plan.Count - batch.Rows.Count));
        Fill(batch, negatives, plan.Count, draws);
        return batch;
    }

    /// <summary>Composes a batch of reservoir positives and random negatives, for steps beyond those of the mined learner.</summary>
    public TrainingBatch ComposeExtra(Xoshiro256StarStar draws)
    {
        var plan = task.Compose(Mix(), new MixSupply(0, positives.Count, 0, negatives.Count), miningAllowed: false);
        var batch = new TrainingBatch(plan) { IsExtra = true };
        _taken.Clear();
        Draw(batch, positives, plan.ReservoirPositives, draws);
        Draw(batch, negatives, plan.RandomNegatives, draws);
        return batch;
    }

    private MixOptions Mix() => new() { BatchSize = mix.BatchSize, PositiveShare = budget.PositiveShare, HardShare = budget.HardShare };

    private void CopyRows(TrainingBatch batch, TrainingBatch mined, int from, int count)
    {
        for (var row = from; row < from + count; row++)
        {
            if (_taken.Add(mined.Keys[row]))
                batch.Add(mined, row);
        }
    }

    // A drawn row may already be in the batch. The number of redraws is bounded, because the reservoir may hold nothing else.
    private void Fill(TrainingBatch batch, Reservoir<CandidateKey, StoredExample> reservoir, int rows, Xoshiro256StarStar draws)
    {
        for (var tries = 0; batch.Rows.Count < rows && tries < MaxRedraws; tries++)
            Draw(batch, reservoir, rows - batch.Rows.Count, draws);
    }

    private void AddSampled(TrainingBatch batch, int count, long step, Xoshiro256StarStar draws)
    {
        _hard.Clear();
        pool.Sample(count, step, draws, _hard);
        foreach (var item in _hard)
        {
            if (_taken.Add(item.Item.Key))
                batch.Add(item.Item.Key, item.Item.Payload, payloads.Read(item.Item.Payload), item.Weight);
        }
    }

    private void Draw(TrainingBatch batch, Reservoir<CandidateKey, StoredExample> reservoir, int count, Xoshiro256StarStar draws)
    {
        _drawn.Clear();
        reservoir.Draw(count, draws, _drawn);
        foreach (var (key, example) in _drawn)
        {
            if (_taken.Add(key))
                batch.Add(key, example, payloads.Read(example));
        }
    }

    private void AddDrawn(TrainingBatch batch, Reservoir<CandidateKey, StoredExample> reservoir, int count, string origin)
    {
        _drawn.Clear();
        reservoir.Draw(count, generator, _drawn);
        foreach (var (key, example) in _drawn)
            Add(batch, key, example, origin);
    }

    // An example can be a new positive and in the reservoir at the same time; it is used once per step.
    private void Add(TrainingBatch batch, CandidateKey key, StoredExample example, string origin, float correction = 1)
    {
        if (!_taken.Add(key))
            return;
        batch.Add(key, example, payloads.Read(example), correction);
        batch.Trace(example, origin);
        PipelineInstruments.Drawn.Add(1, new KeyValuePair<string, object?>("origin", origin));
    }
}
