using System.Diagnostics;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;

namespace HnmStreams.Pipeline.Mixing;

/// <summary>
/// The batches of one turn of the trainer, in order: as many as are owed, up to a few. A step is short beside a scorer's
/// batch, and a trainer that queued for a lane before each would starve.
/// </summary>
/// <param name="Number">Of the mini-batch that the stream has come to; in exact mode a round follows each, also an empty one.</param>
internal sealed record TrainingRound(IReadOnlyList<TrainingBatch> Batches, long Number);

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

    /// <summary>A batch of some of the rows.</summary>
    public TrainingBatch Of(IEnumerable<int> rows)
    {
        var part = new TrainingBatch(Plan);
        foreach (var row in rows)
        {
            part.Rows.Add(Rows.Payload(row), Rows.Labels[row], Rows.Weights[row]);
            part.Keys.Add(Keys[row]);
            part.Origins.Add(Origins[row]);
            part.Traces.AddRange(Traces.Where(t => t.Row == row).Select(t => (part.Keys.Count - 1, t.Producer)));
        }

        return part;
    }

    public void Dispose() => Rows.Dispose();
}
