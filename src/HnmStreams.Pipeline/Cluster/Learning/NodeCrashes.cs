using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Cluster.Learning;

/// <summary>
/// The search for a record that crashes the nodes that score it. The end of a node that did not leave (it was silent, or its process was started again)
/// is an ungraceful one, and suspects the offsets that the node may have had in work: from the learner's position of each of its partitions on. A second
/// such end with some of the same offsets begins the search: nodes then score each suspected record by itself and announce it before. A record that was
/// alone in native code at two ungraceful ends in sequence is the poison record. Admission clears offsets.
/// </summary>
/// <remarks>
/// A killed, frozen or cut-off node looks like a crashed one. Two of them at the same offsets cost a search: a round trip per record, for at most the
/// offsets in work of a node. A record is blamed wrongly only if two more kills hit the very same record in native code. The suspects are kept in memory
/// (a new learner counts from 0); poison records are kept in the crash journal. Not thread-safe.
/// </remarks>
/// <param name="journal">The crash journal of the learner; null if no state is kept.</param>
internal sealed class NodeCrashes(CrashJournal? journal, long epoch)
{
    private CrashHistory _history = CrashHistory.None;

    /// <summary>The number of ungraceful ends.</summary>
    public long Count { get; private set; }

    /// <summary>The offsets that nodes score one by one.</summary>
    public IReadOnlyList<OffsetSpan> Suspects =>
        OffsetSet.Of(_history.Suspects.Where(s => s.Crashes >= CrashDecision.CrashesBeforeBisection).SelectMany(s => s.Offsets));

    /// <summary>The records that crash a process, also those that crash the learner.</summary>
    public IReadOnlyList<PoisonRecord> PoisonRecords => journal?.History.PoisonRecords ?? _history.PoisonRecords;

    /// <summary>Counts an ungraceful end.</summary>
    /// <param name="announced">The offsets that were announced and have not returned, with nothing else in native code; null if none were.</param>
    /// <param name="inWork">The offsets that the node may have had in work otherwise.</param>
    /// <returns>The poison record that this finds; null if it finds none.</returns>
    public PoisonRecord? Add(IReadOnlyList<OffsetSpan>? announced, IReadOnlyList<OffsetSpan> inWork)
    {
        Count++;
        var known = _history.PoisonRecords.Count;
        // Nodes report no kind of work: encoding and scoring are one here.
        _history = announced is null
            ? CrashDecision.AfterEnd(_history, new InFlightOffsets(NativeWork.Scoring, epoch, inWork))
            : CrashDecision.AfterEndInNativeCode(_history, new InFlightOffsets(NativeWork.Scoring, epoch, announced));
        if (_history.PoisonRecords.Count == known)
            return null;
        var found = _history.PoisonRecords[^1];
        journal?.Add(found);
        return found;
    }

    /// <summary>Clears the offsets below the positions after a batch that was admitted. No cost while nothing is suspected.</summary>
    public void Admitted(ExampleBatch batch)
    {
        if (_history.Suspects.Count > 0)
            _history = CrashDecision.AfterCheckpoint(_history, [.. batch.Spans.Select(span => new StreamPosition(span.Topic, span.Partition, batch.PositionAfter(span)))]);
    }
}
