using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Batching;

/// <summary>
/// The records of which only the first rows are in the batches so far. A checkpoint between two batches stores the record and its next
/// row; the position stays at the record, so that a restart reads it again and skips the rows that the state contains.
/// </summary>
/// <param name="restored">Those of the checkpoint that the learner resumes from.</param>
/// <remarks>Owned by the batcher. At most one per partition.</remarks>
internal sealed class PartialRecords(IReadOnlyList<PartialRecord> restored)
{
    private readonly List<PartialRecord> _partials = [.. restored];

    /// <summary>The record that was reported last.</summary>
    public Origin Current { get; private set; }

    /// <summary>Returns the number of rows of a record that the state contains already. Forgets them, as the record is read now, and those of earlier records of its partition, which no longer exist.</summary>
    public int TakenBefore(Origin record)
    {
        var taken = 0;
        for (var i = _partials.Count - 1; i >= 0; i--)
        {
            var partial = _partials[i];
            if (!IsSamePartition(partial.Record, record))
                continue;
            if (partial.Record.Offset == record.Offset)
                taken = partial.Rows;
            _partials.RemoveAt(i);
        }

        return taken;
    }

    /// <summary>Notes the number of rows taken so far, out of a record that has more; 0 for a complete record.</summary>
    public void Reached(Origin record, int rows)
    {
        if (_partials.Count > 0)
            TakenBefore(record);
        Current = record;
        if (rows > 0)
            _partials.Add(new PartialRecord(record, rows));
    }

    /// <summary>Returns a copy for a checkpoint.</summary>
    public IReadOnlyList<PartialRecord> Save() => _partials.Count == 0 ? [] : [.. _partials];

    private static bool IsSamePartition(Origin a, Origin b) => a.Partition == b.Partition && string.Equals(a.Topic, b.Topic, StringComparison.Ordinal);
}
