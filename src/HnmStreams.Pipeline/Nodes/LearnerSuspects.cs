using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Cluster.Protocol;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>
/// The records that crash a node, or may, as the learner has them at the start of a session. Each suspected record gets its own batch. So does the first batch of
/// a partition of which the learner knows nothing: without its announcement the learner could not say what a crash suspects.
/// </summary>
/// <remarks>Owned by the batcher. O(suspected spans) per record.</remarks>
internal sealed class LearnerSuspects(EdgeMessage.Welcome welcome) : ISuspectedRecords
{
    private const int FirstBatch = int.MaxValue;

    // A session of version 1 has no announcements.
    private readonly bool _announces = welcome.Protocol > 1;
    private readonly HashSet<(string Topic, int Partition)> _known = [.. welcome.Positions.Select(p => (p.Topic, p.Partition))];
    private (string Topic, int Partition, long Offset) _suspected;
    private int _ranges;

    /// <inheritdoc/>
    public void Renew()
    {
        // The suspects of a session do not change.
    }

    /// <inheritdoc/>
    public void Ended(IReadOnlyList<OffsetSpan> offsets) => _known.UnionWith(offsets.Select(span => (span.Topic, span.Partition)));

    /// <inheritdoc/>
    public int SuspectedRangeOf(string topic, int partition, long offset)
    {
        if (!_announces)
            return -1;
        foreach (var span in welcome.Suspects)
        {
            if (span.Partition == partition && span.First <= offset && offset <= span.Last && string.Equals(span.Topic, topic, StringComparison.Ordinal))
                return RangeOfItsOwn((topic, partition, offset));
        }

        return _known.Contains((topic, partition)) ? -1 : FirstBatch;
    }

    /// <inheritdoc/>
    public int CrashesOf(string topic, int partition, long offset)
    {
        foreach (var record in welcome.PoisonRecords)
        {
            if (record.Is(topic, partition, offset))
                return record.Crashes;
        }

        return 0;
    }

    // Another number for each record in turn; the same for all rows of a record.
    private int RangeOfItsOwn((string Topic, int Partition, long Offset) record)
    {
        if (_suspected != record)
            (_suspected, _ranges) = (record, (_ranges + 1) % FirstBatch);
        return _ranges;
    }
}
