using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Mixing;

/// <summary>
/// Draws one training batch as the task composes it. A function that the ranking stage calls: drawing changes use
/// counts, so no boundary may lie between the pool and it.
/// </summary>
/// <remarks>Owned by the ranking stage. O(batch log pool).</remarks>
internal sealed class BatchComposer(
    IMiningTask task,
    MixOptions mix,
    Xoshiro256StarStar generator,
    FreshPositives fresh,
    PayloadStore payloads,
    Reservoir<CandidateKey, StoredExample> positives,
    IHardPool<ExampleKey, StoredExample> pool,
    Reservoir<CandidateKey, StoredExample> negatives)
{
    private readonly List<DrawnItem<ExampleKey, StoredExample>> _hard = [];
    private readonly List<KeyValuePair<CandidateKey, StoredExample>> _drawn = [];
    private readonly HashSet<CandidateKey> _taken = [];

    public bool HasSupply => fresh.Count + positives.Count + pool.Count + negatives.Count > 0;

    /// <param name="step">Number of the step, for use counts and cool-down.</param>
    public TrainingBatch Compose(long step, bool miningAllowed)
    {
        var supply = new MixSupply(fresh.Count, positives.Count, pool.Count, negatives.Count);
        var plan = task.Compose(mix, supply, miningAllowed);
        var batch = new TrainingBatch(plan);
        _taken.Clear();

        fresh.Take(plan.FreshPositives, example => Add(batch, new CandidateKey(example.Source.Key, 0), example, "fresh"));
        AddDrawn(batch, positives, plan.ReservoirPositives, "positive");
        _hard.Clear();
        pool.Draw(plan.HardNegatives, step, generator, _hard);
        // What was used up has left the pool by now; its bytes stay as they are until the next example is kept.
        foreach (var item in _hard)
            Add(batch, item.Item.Key, item.Item.Payload, "hard", item.Weight);
        // Items that cool down leave the pool short of what it holds: chance fills their places.
        AddDrawn(batch, negatives, plan.RandomNegatives + plan.HardNegatives - _hard.Count, "random");

        if (plan.Shortfall is not null)
            PipelineInstruments.Shortfalls.Add(1);
        return batch;
    }

    private void AddDrawn(TrainingBatch batch, Reservoir<CandidateKey, StoredExample> reservoir, int count, string origin)
    {
        _drawn.Clear();
        reservoir.Draw(count, generator, _drawn);
        foreach (var (key, example) in _drawn)
            Add(batch, key, example, origin);
    }

    // An example may wait among the fresh and lie in the reservoir at once: it is trained on once a step.
    private void Add(TrainingBatch batch, CandidateKey key, StoredExample example, string origin, float correction = 1)
    {
        if (!_taken.Add(key))
            return;
        batch.Rows.Add(payloads.Read(example), example.Label, example.Weight * correction);
        batch.Keys.Add(key);
        batch.Origins.Add(new OffsetSpan(example.Origin.Topic, example.Origin.Partition, example.Origin.Offset, example.Origin.Offset));
        if (example.Trace.TraceId != default)
            batch.Traces.Add((batch.Rows.Count - 1, example.Trace));
        PipelineInstruments.Drawn.Add(1, new KeyValuePair<string, object?>("origin", origin));
    }
}
