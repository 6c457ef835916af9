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
    private readonly HashSet<(string Topic, int Partition)> _inFirstBatch = [];
    private int _ranges;

    /// <inheritdoc/>
    public void Renew()
    {
        _known.UnionWith(_inFirstBatch);
        _inFirstBatch.Clear();
    }

    /// <inheritdoc/>
    public int SuspectedRangeOf(string topic, int partition, long offset)
    {
        if (!_announces)
            return -1;
        foreach (var span in welcome.Suspects)
        {
            // Another number for each record.
            if (span.Partition == partition && span.First <= offset && offset <= span.Last && string.Equals(span.Topic, topic, StringComparison.Ordinal))
                return _ranges++ % FirstBatch;
        }

        if (_known.Contains((topic, partition)))
            return -1;
        _inFirstBatch.Add((topic, partition));
        return FirstBatch;
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
}
