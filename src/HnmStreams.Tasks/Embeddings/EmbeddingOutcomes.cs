using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>
/// A window of recent embeddings and the quality of retrieval among them: each searches for those that share a group with it
/// among the others. Rows of weight 0 are not queries; if there are any, the others search among them.
/// </summary>
internal sealed class EmbeddingOutcomes(int capacity, int width) : IOutcomeMetrics
{
    public const string Primary = "mapAtR";
    private const string Structure = "embedding outcomes";
    private const double FalseAcceptRate = 0.01;

    // The pairs of 1,000 embeddings are half a million, enough for a rate of 1 in 100.
    private const int MaxVerifiedEmbeddings = 1_000;

    // With fewer outcomes the comparison is not meaningful. With more, the precision must exceed chance by this many
    // standard deviations.
    private const int MinOutcomes = 32;
    private const double Deviations = 3;

    private readonly Queue<Outcome> _outcomes = new();
    private readonly List<Outcome> _gallery = [];

    public int Count => _outcomes.Count;

    public void Add(ReadOnlySpan<float> outputs, RowBuffer rows, int row)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var value in outputs)
        {
            if (!float.IsFinite(value))
                return;
        }

        var outcome = new Outcome(outputs.ToArray(), rows.Labels[row], GroupedRow.FurtherGroups(rows.Payload(row)).ToArray());
        if (rows.Weights[row] == 0)
            _gallery.Add(outcome);
        else
            Add(outcome);
    }

    public void Clear()
    {
        _outcomes.Clear();
        _gallery.Clear();
    }

    public IReadOnlyDictionary<string, double> Compute()
    {
        var queries = Gather(_outcomes);
        var report = _gallery.Count == 0
            ? EmbeddingRetrieval.LeaveOneOut(queries.Embeddings, width, queries.Groups)
            : InGallery(queries, Gather(_gallery));
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Primary] = report.MapAtR,
            ["rPrecision"] = report.RPrecision,
            ["precisionAt1"] = report.PrecisionAt1,
            ["oneShotRecall"] = OneShotRecall(queries),
            ["trueAcceptRateAt1Percent"] = TrueAcceptRate(queries),
        };
    }

    public bool BeatsChance()
    {
        if (Count < MinOutcomes)
            return false;
        var queries = Gather(_outcomes);
        var report = EmbeddingRetrieval.LeaveOneOut(queries.Embeddings, width, queries.Groups);
        var chance = SharingPairs(queries) / (0.5 * Count * (Count - 1));
        return report.Queries > 0 && chance < 1
            && report.PrecisionAt1 > chance + (Deviations * Math.Sqrt(chance * (1 - chance) / report.Queries));
    }

    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 2);
        writer.WriteInt32(_outcomes.Count);
        foreach (var outcome in _outcomes)
        {
            writer.WriteInt32(outcome.Group);
            writer.WriteArray<int>(outcome.Further);
            writer.WriteArray<float>(outcome.Embedding);
        }
    }

    public void Restore(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 2);
        Clear();
        for (var left = reader.ReadCount(12); left > 0; left--)
        {
            var (group, further) = (reader.ReadInt32(), reader.ReadArray<int>());
            var embedding = reader.ReadArray<float>();
            if (embedding.Length != width)
                throw reader.Invalid($"an embedding must have {width} numbers but has {embedding.Length}");
            if (!Array.TrueForAll(embedding, float.IsFinite))
                throw reader.Invalid("a number of an embedding is not finite");
            Add(new Outcome(embedding, group, further));
        }
    }

    private void Add(Outcome outcome)
    {
        _outcomes.Enqueue(outcome);
        if (_outcomes.Count > capacity)
            _outcomes.Dequeue();
    }

    private RetrievalReport InGallery(in Set queries, in Set gallery) =>
        EmbeddingRetrieval.InGallery(queries.Embeddings, queries.Groups, gallery.Embeddings, gallery.Groups, width);

    // Identification with one known embedding per group, the oldest: the share of the others whose nearest known
    // embedding is of their group.
    private double OneShotRecall(Set all)
    {
        var known = new HashSet<int>();
        var (enrolled, queries) = (new List<int>(), new List<int>());
        for (var i = 0; i < all.Outcomes.Length; i++)
            (known.Add(all.Outcomes[i].Group) ? enrolled : queries).Add(i);
        return queries.Count == 0 ? double.NaN : InGallery(Gather([.. queries.Select(i => all.Outcomes[i])]), Gather([.. enrolled.Select(i => all.Outcomes[i])])).PrecisionAt1;
    }

    private double TrueAcceptRate(in Set all)
    {
        var from = Math.Max(0, all.Groups.Count - MaxVerifiedEmbeddings);
        return EmbeddingVerification.TrueAcceptRate(all.Embeddings.AsSpan(from * width), width, all.Groups.From(from), FalseAcceptRate);
    }

    // The number of pairs that share a group.
    private static double SharingPairs(in Set all)
    {
        if (all.Outcomes.All(static o => o.Further.Length == 0))
            return all.Outcomes.CountBy(static o => o.Group).Sum(static g => 0.5 * g.Value * (g.Value - 1));
        var pairs = 0;
        for (var i = 0; i < all.Groups.Count; i++)
        {
            for (var j = i + 1; j < all.Groups.Count; j++)
                pairs += all.Groups.Share(i, all.Groups, j) ? 1 : 0;
        }

        return pairs;
    }

    private Set Gather(IReadOnlyCollection<Outcome> outcomes)
    {
        Outcome[] all = [.. outcomes];
        var embeddings = new float[all.Length * width];
        for (var i = 0; i < all.Length; i++)
            all[i].Embedding.CopyTo(embeddings.AsSpan(i * width));
        return new Set(all, embeddings, new GroupMemberships(Array.ConvertAll(all, static o => o.Group), Array.ConvertAll(all, static o => o.Further)));
    }

    private sealed record Outcome(float[] Embedding, int Group, int[] Further);

    private readonly record struct Set(Outcome[] Outcomes, float[] Embeddings, GroupMemberships Groups);
}
