using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Retention;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>What a person may ask of the ranking stage, and a person's verdicts on suspected labels.</summary>
/// <param name="released">Hears of each suspect that a person let go, with its hardness in the pool, or null where that has no room for it.</param>
/// <remarks>Owned by the ranking stage: no locks. Nothing of it draws on chance.</remarks>
internal sealed class RankingInspection(
    IMiningTask task,
    PayloadStore payloads,
    FilteredPool<ExampleKey, StoredExample> pool,
    Reservoir<CandidateKey, StoredExample> positives,
    Reservoir<CandidateKey, StoredExample> negatives,
    LabelNoiseOptions suspicion,
    int poolCount,
    Action<CandidateKey, StoredExample, float?> released)
{
    /// <summary>Batches that are remembered.</summary>
    public const int Batches = 32;

    /// <summary>Examples of each side that neighbours are looked for among.</summary>
    public const int NeighbourSample = 1_000;

    private const int MaxLossHistories = 20_000;

    private readonly Queue<ComposedBatch> _batches = new();

    public LossHistories LossHistories { get; } = new(Math.Min(MaxLossHistories, poolCount));

    /// <summary>The newest, for ages.</summary>
    public long ModelVersion { get; set; }

    public void Remember(ComposedBatch batch)
    {
        _batches.Enqueue(batch);
        if (_batches.Count > Batches)
            _batches.Dequeue();
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<ComposedBatch> LastBatches() => [.. _batches.Reverse()];

    /// <summary>The pool's hardest, hardest first. O(top log pool).</summary>
    public IReadOnlyList<HardNegative> Hardest(int top)
    {
        var items = new List<PoolItem<ExampleKey, StoredExample>>();
        pool.Pool.CopyHardest(top, items);
        return [.. items.Select(item => new HardNegative(
            item.Payload.Id,
            item.Key.Region,
            item.Hardness,
            item.Version,
            Age(item.Version),
            item.Uses,
            item.Payload.Origin,
            LossHistories.Of(item.Key)))];
    }

    /// <summary>All that wait, the longest first.</summary>
    public IReadOnlyList<QuarantinedCandidate> Quarantined() => [.. pool.Quarantine.Suspects.Select(s => new QuarantinedCandidate(
        s.Payload.Id, s.Key.Region, s.Payload.Label, s.Visits, s.LastLosses, s.SinceVersion, s.Reason, s.Payload.Origin))];

    /// <summary>Its label is right: it is offered to the pool again, at its last loss, and not suspected any more. False where it does not wait.</summary>
    public bool Release(string id, int unit)
    {
        var key = new CandidateKey(ExampleKey.Of(id), unit);
        if (!pool.Quarantine.TryRelease(key, out var suspect))
            return false;
        var example = suspect.Payload;
        var hardness = suspect.LastLosses is [.., var last] ? last : 0;
        var signature = pool.WantsSignatures ? XxHash3.HashToUInt64(payloads.Read(example)) : 0;
        var added = pool.Offer(key, hardness, ModelVersion, example.Bytes, example, example.Label, signature) == OfferOutcome.Added;
        released(key, example, added ? hardness : null);
        if (!added)
            payloads.Release(example);
        return true;
    }

    /// <summary>Its label is wrong: it leaves for good and does not come back. False where it does not wait.</summary>
    public bool Confirm(string id, int unit) => pool.Quarantine.Confirm(new CandidateKey(ExampleKey.Of(id), unit));

    /// <summary>Null where nothing of that name is held. O(1).</summary>
    public Candidate? Find(string id, int unit)
    {
        var key = new CandidateKey(ExampleKey.Of(id), unit);
        if (pool.Pool.TryGet(key, out var item))
        {
            var (suspected, verdict) = LossHistories.Judge(key, suspicion);
            return Of(key, item.Payload, CandidateLocation.Pool, suspected, verdict) with
            {
                Hardness = item.Hardness,
                ModelVersion = item.Version,
                AgeInVersions = Age(item.Version),
                Uses = item.Uses,
            };
        }

        if (pool.Quarantine.TryGet(key, out var suspect))
            return Of(key, suspect.Payload, CandidateLocation.Quarantine, suspected: true, suspect.Reason);
        if (positives.TryGet(key, out var positive))
            return Of(key, positive, CandidateLocation.Positives, suspected: false, "it is a positive: only negatives are ranked and judged");
        return negatives.TryGet(key, out var negative)
            ? Of(key, negative, CandidateLocation.Negatives, suspected: false, "it is not among the hardest: it is kept as one of the random negatives")
            : null;
    }

    /// <summary>
    /// The candidate's row, followed by rows of a sample of what is kept on either side, for whoever embeds them; null
    /// where it is not held. Sides are positives and negatives, or, where no class is rare, its own class and the others. O(sample).
    /// </summary>
    public Neighbourhood? NeighbourhoodOf(string id, int unit)
    {
        if (Find(id, unit) is not { } candidate)
            return null;
        var rows = new RowBuffer(1 + (2 * NeighbourSample), candidate.Payload.Length * 256);
        rows.Add(candidate.Payload, candidate.Label, candidate.Weight);
        var neighbours = new List<Neighbour>();
        if (task.HasPositives)
        {
            Add(positives.Items.Take(NeighbourSample), isPositive: true);
            Add(negatives.Items.Take(NeighbourSample), isPositive: false);
        }
        else
        {
            Add(negatives.Items.Where(i => i.Value.Label == candidate.Label).Take(NeighbourSample), isPositive: true);
            Add(negatives.Items.Where(i => i.Value.Label != candidate.Label).Take(NeighbourSample), isPositive: false);
        }

        return new Neighbourhood(candidate, rows, neighbours);

        void Add(IEnumerable<KeyValuePair<CandidateKey, StoredExample>> items, bool isPositive)
        {
            foreach (var (_, example) in items)
            {
                if (example.Id == candidate.Id)
                    continue;
                rows.Add(payloads.Read(example), example.Label, example.Weight);
                neighbours.Add(new Neighbour(example.Id, example.Label, example.Origin, isPositive));
            }
        }
    }

    private Candidate Of(CandidateKey key, StoredExample example, CandidateLocation place, bool suspected, string verdict) => new(
        example.Id,
        key.Region,
        place,
        example.Label,
        example.Weight,
        payloads.Read(example).ToArray(),
        null,
        null,
        null,
        0,
        example.Origin,
        LossHistories.Of(key),
        suspected,
        verdict);

    private long Age(long version) => Math.Max(0, ModelVersion - version);
}
