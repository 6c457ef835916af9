using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Retention;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Memory.Groups;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Ranking.Inspection;

/// <summary>The questions about the ranking stage, and a person's verdicts on suspected label errors.</summary>
/// <param name="groups">The index of a task with groups, which has its neighbors; null for other tasks.</param>
/// <remarks>Owned by the ranking stage: no locks. Uses no random numbers.</remarks>
internal sealed class RankingInspection(
    IMiningTask task,
    PayloadStore payloads,
    FilteredPool<ExampleKey, StoredExample> pool,
    Reservoir<CandidateKey, StoredExample> positives,
    Reservoir<CandidateKey, StoredExample> negatives,
    LabelNoiseOptions labelNoise,
    int poolCount,
    LabelReview review,
    GroupIndex? groups = null)
{
    /// <summary>The number of batches that are remembered.</summary>
    public const int MaxBatches = 32;

    /// <summary>The number of examples per side that a candidate is compared with.</summary>
    public const int NeighborSample = 1_000;

    private const int MaxLossHistories = 20_000;

    private readonly Queue<ComposedBatch> _batches = new();

    public LossHistories LossHistories { get; } = new(Math.Min(MaxLossHistories, poolCount));

    /// <summary>The newest model version, from which ages are counted.</summary>
    public long ModelVersion { get; set; }

    /// <summary>Remembers the composition of a training batch.</summary>
    public void Remember(ComposedBatch batch)
    {
        _batches.Enqueue(batch);
        if (_batches.Count > MaxBatches)
            _batches.Dequeue();
    }

    /// <summary>Returns the remembered batches, newest first.</summary>
    public IReadOnlyList<ComposedBatch> LastBatches() => [.. _batches.Reverse()];

    /// <summary>Returns the hardest candidates of the pool, hardest first. O(top log pool).</summary>
    public IReadOnlyList<Candidate> Hardest(int top)
    {
        var items = new List<PoolItem<ExampleKey, StoredExample>>();
        pool.Pool.CopyHardest(top, items);
        return [.. items.Select(Of)];
    }

    /// <summary>Returns the candidates in quarantine, oldest first.</summary>
    public IReadOnlyList<Candidate> Quarantined() => [.. pool.Quarantine.Suspects.Select(Of)];

    /// <inheritdoc cref="LabelReview.Release"/>
    public bool Release(string id, int region) => review.Release(KeyOf(id, region), ModelVersion);

    /// <inheritdoc cref="LabelReview.Confirm"/>
    public bool Confirm(string id, int region) => review.Confirm(KeyOf(id, region));

    /// <inheritdoc cref="LabelReview.Undo"/>
    public bool Undo(string id, int region) => review.Undo(KeyOf(id, region));

    /// <summary>Returns a candidate with its details; null if it is not held. O(1).</summary>
    public Candidate? Find(string id, int region)
    {
        var key = KeyOf(id, region);
        if (pool.Pool.TryGet(key, out var item))
        {
            var (suspected, verdict) = LossHistories.Judge(key, labelNoise);
            return WithDetail(Of(item), item.Payload, suspected, verdict);
        }

        if (pool.Quarantine.TryGet(key, out var suspect))
            return WithDetail(Of(suspect), suspect.Payload, suspected: true, suspect.Reason);
        if (positives.TryGet(key, out var positive))
            return WithDetail(Of(key, positive, CandidateLocation.Positives), positive, suspected: false, "it is a positive, and only negatives are ranked and checked");
        return negatives.TryGet(key, out var negative)
            ? WithDetail(Of(key, negative, CandidateLocation.Negatives), negative, suspected: false, "it is not among the hardest, but kept as a random negative")
            : null;
    }

    /// <summary>
    /// Returns the candidate's row and the rows of a sample of the kept examples on either side, to be embedded; null if it is not held.
    /// The sides are positives and negatives or, if no class is rare, the candidate's own class and the others. O(sample).
    /// </summary>
    public Neighborhood? NeighborhoodOf(string id, int region)
    {
        if (Find(id, region) is not { Detail: { } detail } candidate)
            return null;
        var rows = new RowBuffer(1 + (2 * NeighborSample), detail.Payload.Length * 256);
        rows.Add(detail.Payload, candidate.Label, detail.Weight);
        var neighbors = new List<Neighbor>();
        if (task.HasPositives)
        {
            Add(positives.Items.Take(NeighborSample), isPositive: true);
            Add(negatives.Items.Take(NeighborSample), isPositive: false);
        }
        else if (groups is not null)
        {
            var own = groups.MembersOf(candidate.Label).Take(NeighborSample).ToList();
            var (others, ownKeys) = (new List<int>(), own.Select(i => i.Key).ToHashSet());
            groups.Kept.ClassesWith(1, others);
            Add(own, isPositive: true);
            Add(others.Where(group => group != candidate.Label).SelectMany(groups.Kept.ItemsOf).Where(i => !ownKeys.Contains(i.Key)).Take(NeighborSample), isPositive: false);
        }
        else
        {
            Add(negatives.Items.Where(i => i.Value.Label == candidate.Label).Take(NeighborSample), isPositive: true);
            Add(negatives.Items.Where(i => i.Value.Label != candidate.Label).Take(NeighborSample), isPositive: false);
        }

        return new Neighborhood(candidate, rows, neighbors);

        void Add(IEnumerable<KeyValuePair<CandidateKey, StoredExample>> items, bool isPositive)
        {
            foreach (var (_, example) in items)
            {
                if (example.Id == candidate.Id)
                    continue;
                rows.Add(payloads.Read(example), example.Label, example.Weight);
                neighbors.Add(new Neighbor(example.Id, example.Label, example.Origin, isPositive));
            }
        }
    }

    private static CandidateKey KeyOf(string id, int region) => new(ExampleKey.Of(id), region);

    private Candidate Of(PoolItem<ExampleKey, StoredExample> item) => Of(item.Key, item.Payload, CandidateLocation.Pool) with
    {
        Pool = new CandidatePoolEntry(item.Hardness, item.Version, Math.Max(0, ModelVersion - item.Version), item.Uses),
    };

    private Candidate Of(Suspect<CandidateKey, StoredExample> suspect) => Of(suspect.Key, suspect.Payload, CandidateLocation.Quarantine) with
    {
        Quarantine = new QuarantineEntry(suspect.Visits, suspect.LastLosses, suspect.SinceVersion, suspect.Reason),
    };

    private Candidate Of(CandidateKey key, StoredExample example, CandidateLocation location) =>
        new(example.Id, key.Region, location, example.Label, example.Origin, LossHistories.Of(key));

    private Candidate WithDetail(Candidate candidate, StoredExample example, bool suspected, string verdict) =>
        candidate with { Detail = new CandidateDetail(example.Weight, payloads.Read(example).ToArray(), suspected, verdict) };
}
