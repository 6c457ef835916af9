using System.Collections.Concurrent;
using HnmStreams.Data.Records;

namespace HnmStreams.Kafka.Offsets;

/// <summary>
/// Remembers the positions in memory and commits nothing. This is where durable offsets join in: a checkpoint fills it
/// at the start, and what it holds when a checkpoint is whole is what may be committed to Kafka, and nothing else.
/// </summary>
/// <remarks>Thread-safe; the ranking stage writes, the consumer loop and status pages read.</remarks>
public sealed class PositionLedger : IPositionSink, IOffsetsLedger
{
    private readonly ConcurrentDictionary<(string Topic, int Partition), long> _next = new();

    // Topics of the checkpoint; not changed after construction.
    private readonly HashSet<string> _restored = new(StringComparer.Ordinal);

    public PositionLedger()
    {
    }

    /// <summary>A ledger that starts from a checkpoint's positions.</summary>
    public PositionLedger(IEnumerable<StreamPosition> restored)
    {
        ArgumentNullException.ThrowIfNull(restored);
        foreach (var position in restored)
        {
            Set(position);
            _restored.Add(position.Topic);
        }
    }

    /// <summary>All positions, by topic and partition.</summary>
    public IReadOnlyList<StreamPosition> Current =>
        [.. _next.Select(pair => new StreamPosition(pair.Key.Topic, pair.Key.Partition, pair.Value))
            .OrderBy(mark => mark.Topic, StringComparer.Ordinal).ThenBy(mark => mark.Partition)];

    /// <summary>The last word on a partition counts: its writer says it in offset order.</summary>
    public void Advance(IReadOnlyList<StreamPosition> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        for (var i = 0; i < positions.Count; i++)
            Set(positions[i]);
    }

    public bool TryGet(string topic, int partition, out long nextOffset) => _next.TryGetValue((topic, partition), out nextOffset);

    public bool Knows(string topic) => _restored.Contains(topic);

    private void Set(StreamPosition position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position.NextOffset, nameof(position));
        _next[(position.Topic, position.Partition)] = position.NextOffset;
    }
}
