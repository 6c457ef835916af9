using System.Collections.Concurrent;
using HnmStreams.Data.Records;

namespace HnmStreams.Kafka.Offsets;

/// <summary>
/// Remembers the watermarks in memory and commits nothing. This is where durable offsets join in: a checkpoint fills it
/// at the start, and what it holds when a checkpoint is whole is what may be committed to Kafka, and nothing else.
/// </summary>
/// <remarks>Thread-safe; the ranking stage writes, the consumer loop and status pages read.</remarks>
public sealed class WatermarkLedger : IWatermarkSink, IOffsetsLedger
{
    private readonly ConcurrentDictionary<(string Topic, int Partition), long> _next = new();

    // Topics of the checkpoint; not changed after construction.
    private readonly HashSet<string> _restored = new(StringComparer.Ordinal);

    public WatermarkLedger()
    {
    }

    /// <summary>A ledger that starts from a checkpoint's watermarks.</summary>
    public WatermarkLedger(IEnumerable<Watermark> restored)
    {
        ArgumentNullException.ThrowIfNull(restored);
        foreach (var watermark in restored)
        {
            Set(watermark);
            _restored.Add(watermark.Topic);
        }
    }

    /// <summary>All watermarks, by topic and partition.</summary>
    public IReadOnlyList<Watermark> Current =>
        [.. _next.Select(pair => new Watermark(pair.Key.Topic, pair.Key.Partition, pair.Value))
            .OrderBy(mark => mark.Topic, StringComparer.Ordinal).ThenBy(mark => mark.Partition)];

    /// <summary>The last word on a partition counts: its writer says it in offset order.</summary>
    public void Advance(IReadOnlyList<Watermark> watermarks)
    {
        ArgumentNullException.ThrowIfNull(watermarks);
        for (var i = 0; i < watermarks.Count; i++)
            Set(watermarks[i]);
    }

    public bool TryGet(string topic, int partition, out long nextOffset) => _next.TryGetValue((topic, partition), out nextOffset);

    public bool Knows(string topic) => _restored.Contains(topic);

    private void Set(Watermark watermark)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(watermark.NextOffset, nameof(watermark));
        _next[(watermark.Topic, watermark.Partition)] = watermark.NextOffset;
    }
}
