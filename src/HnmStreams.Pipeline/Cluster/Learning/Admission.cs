using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Cluster.Learning;

/// <summary>
/// The rule by which the learner takes batches of score nodes into its state: a batch is admitted only if each of its partitions continues
/// exactly at the position that the learner expects. So no record is lost and none is taken in twice, whichever node reads a partition and
/// however often.
/// </summary>
/// <param name="restored">The positions of the checkpoint that the learner resumes from.</param>
/// <param name="from">The state of the batcher in that checkpoint.</param>
/// <remarks>One owner, no locks. O(partitions of the batch). An admitted batch must be taken into the state, in the order of admission.</remarks>
internal sealed class Admission(IReadOnlyList<StreamPosition> restored, BatcherState from)
{
    private readonly Dictionary<(string Topic, int Partition), long> _expected = restored.ToDictionary(p => (p.Topic, p.Partition), p => p.NextOffset);
    private readonly Dictionary<(string Topic, int Partition), PartialRecord> _partials = from.Partials.ToDictionary(p => (p.Record.Topic, p.Record.Partition));
    private long _nextBatch = from.NextBatch;

    /// <summary>The number of batches that were not admitted.</summary>
    public long Rejected { get; private set; }

    /// <summary>The expected positions. O(partitions).</summary>
    public IReadOnlyList<StreamPosition> Expected => [.. _expected.Select(e => new StreamPosition(e.Key.Topic, e.Key.Partition, e.Value))];

    /// <summary>The state from which a single node continues.</summary>
    public BatcherState BatcherState { get; private set; } = from;

    /// <summary>
    /// Admits a batch, advances the expected positions past it and numbers it; or rejects it, so that its sender has to read again from
    /// <see cref="Expected"/>.
    /// </summary>
    /// <returns>False if the batch is rejected.</returns>
    public bool TryAdmit(ExampleBatch batch)
    {
        for (var i = 0; i < batch.Spans.Count; i++)
        {
            // A partition that the learner knows nothing of begins where the node that reads it begins.
            if (_expected.TryGetValue(KeyOf(batch.Spans[i]), out var expected) && batch.ReadFrom[i] != expected)
            {
                Rejected++;
                return false;
            }
        }

        foreach (var span in batch.Spans)
        {
            _expected[KeyOf(span)] = batch.PositionAfter(span);
            _partials.Remove(KeyOf(span));
        }

        // Other partial records of the sender are of partitions that the batch does not cover.
        foreach (var partial in batch.After.Partials.Where(partial => batch.Spans.Exists(span => KeyOf(span) == (partial.Record.Topic, partial.Record.Partition))))
            _partials[(partial.Record.Topic, partial.Record.Partition)] = partial;
        batch.Number = _nextBatch++;
        BatcherState = batch.After = new BatcherState(_nextBatch, batch.After.Generator) { Partials = [.. _partials.Values] };
        return true;
    }

    private static (string Topic, int Partition) KeyOf(in OffsetSpan span) => (span.Topic, span.Partition);
}
