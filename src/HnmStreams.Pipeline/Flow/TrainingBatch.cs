using System.Diagnostics;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;

namespace HnmStreams.Pipeline.Flow;

/// <summary>
/// The batches of one turn of the trainer, in order: as many as are owed, up to a few. A step is short beside a scorer's
/// batch, and a trainer that queued for a lane before each would starve.
/// </summary>
/// <param name="Number">Of the mini-batch that the stream has come to; in exact mode a round follows each, also an empty one.</param>
internal sealed record TrainingRound(IReadOnlyList<TrainingBatch> Batches, long Number);

/// <summary>One turn of all learners.</summary>
/// <param name="Random">For the learner that takes the same steps with random negatives; null where there is none.</param>
/// <param name="EqualCompute">For the one that gets further steps besides; null where there is none.</param>
internal sealed record LearnersRound(TrainingRound Mined, TrainingRound? Random = null, TrainingRound? EqualCompute = null);

/// <summary>Rows for one training step, copied out of the pool and the reservoirs; the trainer disposes it.</summary>
internal sealed class TrainingBatch(MixPlan plan) : IDisposable
{
    public RowBuffer Rows { get; } = new(64, 64 * 256);

    /// <summary>For each row the candidate that it was.</summary>
    public List<CandidateKey> Keys { get; } = [];

    /// <summary>For each row where it came from.</summary>
    public List<OffsetSpan> Origins { get; } = [];

    /// <summary>Rows whose producers' spans were sampled.</summary>
    public List<(int Row, ActivityContext Producer)> Traces { get; } = [];

    public MixPlan Plan { get; } = plan;

    /// <summary>Where the rows drawn from the pool lie.</summary>
    public Range Hard { get; set; } = ..0;

    /// <summary>For a baseline, beyond the steps of the mined one.</summary>
    public bool IsFurther { get; init; }

    /// <summary>Hard negatives of the plan that were not to be had yet.</summary>
    public int CoolingDown { get; set; }

    /// <summary>A batch of some of the rows.</summary>
    public TrainingBatch Of(IEnumerable<int> rows)
    {
        var part = new TrainingBatch(Plan) { IsFurther = IsFurther };
        foreach (var row in rows)
        {
            part.Add(this, row);
            part.Traces.AddRange(Traces.Where(t => t.Row == row).Select(t => (part.Keys.Count - 1, t.Producer)));
        }

        return part;
    }

    /// <param name="payload">Of the example; copied.</param>
    /// <param name="correction">What its weight is multiplied by.</param>
    public void Add(CandidateKey key, StoredExample example, ReadOnlySpan<byte> payload, float correction = 1)
    {
        Rows.Add(payload, example.Label, example.Weight * correction);
        Keys.Add(key);
        Origins.Add(new OffsetSpan(example.Origin.Topic, example.Origin.Partition, example.Origin.Offset, example.Origin.Offset));
    }

    /// <summary>Adds a row of another batch.</summary>
    public void Add(TrainingBatch other, int row)
    {
        Rows.Add(other.Rows.Payload(row), other.Rows.Labels[row], other.Rows.Weights[row]);
        Keys.Add(other.Keys[row]);
        Origins.Add(other.Origins[row]);
    }

    public void Dispose() => Rows.Dispose();
}
