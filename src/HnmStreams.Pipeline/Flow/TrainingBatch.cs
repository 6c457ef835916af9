using System.Diagnostics;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;

namespace HnmStreams.Pipeline.Flow;

/// <summary>
/// The batches of one turn of the trainer, in order: a few of those that are owed. A step is short compared with a scorer's
/// batch, so a trainer that queued for a compute lane before each step would starve.
/// </summary>
/// <param name="Number">The number of the newest mini-batch. In exact mode a round follows each mini-batch, even an empty round.</param>
internal sealed record TrainingRound(IReadOnlyList<TrainingBatch> Batches, long Number);

/// <summary>One round of all learners.</summary>
/// <param name="Random">The round of the baseline at equal steps; null if none exists.</param>
/// <param name="EqualCompute">The round of the baseline at equal compute; null if none exists.</param>
internal sealed record LearnersRound(TrainingRound Mined, TrainingRound? Random = null, TrainingRound? EqualCompute = null);

/// <summary>The use of a traced record in a training step.</summary>
/// <param name="Parent">The newest span of the record's trace.</param>
/// <param name="Origin">The place that the example was drawn from.</param>
internal readonly record struct TracedUse(int Row, ActivityContext Parent, string Origin);

/// <summary>The rows of one training step, copied out of the pool and the reservoirs. The trainer disposes it.</summary>
internal sealed class TrainingBatch(MixPlan plan) : IDisposable
{
    public RowBuffer Rows { get; } = new(64, 64 * 256);

    /// <summary>The candidate of each row.</summary>
    public List<CandidateKey> Keys { get; } = [];

    /// <summary>The offset of each row.</summary>
    public List<OffsetSpan> Origins { get; } = [];

    /// <summary>The rows whose records are traced.</summary>
    public List<TracedUse> Traces { get; } = [];

    public MixPlan Plan { get; } = plan;

    /// <summary>The range of the rows drawn from the pool.</summary>
    public Range Hard { get; set; } = ..0;

    /// <summary>The mined pairs that a cross-encoder checks before the batch is trained on; null if none does.</summary>
    public MinedPairs? Pairs { get; set; }

    /// <summary>True for an extra step of the baseline at equal compute.</summary>
    public bool IsExtra { get; init; }

    /// <summary>The number of hard negatives of the plan that could not be drawn again yet.</summary>
    public int CoolingDown { get; set; }

    /// <summary>Returns a batch of some of the rows.</summary>
    public TrainingBatch Of(IEnumerable<int> rows)
    {
        var part = new TrainingBatch(Plan) { IsExtra = IsExtra };
        foreach (var row in rows)
        {
            part.Add(this, row);
            part.Traces.AddRange(Traces.Where(t => t.Row == row).Select(t => t with { Row = part.Keys.Count - 1 }));
        }

        return part;
    }

    /// <summary>Adds a row.</summary>
    /// <param name="payload">The payload of the example, which is copied.</param>
    /// <param name="correction">The factor of its weight.</param>
    public void Add(CandidateKey key, StoredExample example, ReadOnlySpan<byte> payload, float correction = 1)
    {
        Rows.Add(payload, example.Label, example.Weight * correction);
        Keys.Add(key);
        Origins.Add(new OffsetSpan(example.Origin.Topic, example.Origin.Partition, example.Origin.Offset, example.Origin.Offset));
    }

    /// <summary>Traces the use of the last row, if its record is traced and was not used too often.</summary>
    /// <param name="origin">The place that the example was drawn from: new, positive, hard, mined or random.</param>
    public void Trace(StoredExample example, string origin)
    {
        if (example.TryTraceUse())
            Traces.Add(new TracedUse(Rows.Count - 1, example.Trace, origin));
    }

    /// <summary>Adds a row of another batch.</summary>
    public void Add(TrainingBatch other, int row)
    {
        Rows.Add(other.Rows.Payload(row), other.Rows.Labels[row], other.Rows.Weights[row]);
        Keys.Add(other.Keys[row]);
        Origins.Add(other.Origins[row]);
    }

    public void Dispose()
    {
        Rows.Dispose();
        Pairs?.Dispose();
    }
}

/// <summary>A pair of an anchor and a hard negative of a training batch.</summary>
/// <param name="Row">The row of the batch that is left out if the pair turns out to be relevant.</param>
/// <param name="Hard">The hardness of an anchor that was drawn from the pool, where the other is what it is mistaken for, and the version that computed it; null if the other was mined for the anchor.</param>
internal readonly record struct MinedPair(CandidateKey Anchor, CandidateKey Other, string OtherId, int Row, (float Hardness, long Version)? Hard);

/// <summary>The mined pairs of a training batch, with copies of their payloads.</summary>
/// <remarks>One owner at a time. The batch disposes it.</remarks>
internal sealed class MinedPairs : IDisposable
{
    private readonly List<MinedPair> _pairs = [];

    /// <summary>The payloads: the query of pair i is row 2 i, its passage row 2 i + 1.</summary>
    public RowBuffer Rows { get; } = new(64, 64 * 256);

    /// <summary>The offset of each row.</summary>
    public List<OffsetSpan> Origins { get; } = [];

    /// <summary>The probability of relevance of each pair, NaN if it was not computed; empty before the check.</summary>
    public float[] Relevance { get; set; } = [];

    public int Count => _pairs.Count;

    public MinedPair this[int index] => _pairs[index];

    public void Add(MinedPair pair, StoredExample query, ReadOnlySpan<byte> queryPayload, StoredExample passage, ReadOnlySpan<byte> passagePayload)
    {
        _pairs.Add(pair);
        Add(query, queryPayload);
        Add(passage, passagePayload);
    }

    public void Dispose() => Rows.Dispose();

    private void Add(StoredExample example, ReadOnlySpan<byte> payload)
    {
        Rows.Add(payload, example.Label, 1);
        Origins.Add(new OffsetSpan(example.Origin.Topic, example.Origin.Partition, example.Origin.Offset, example.Origin.Offset));
    }
}
