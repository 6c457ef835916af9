using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Kafka.Consuming;

/// <summary>How the consumer loop cuts the stream into chunks and how it behaves when nobody takes them.</summary>
/// <remarks>
/// Memory in records at rest is at most (<see cref="ChannelChunks"/> + 2) chunks of <see cref="ChunkBytes"/>, plus
/// librdkafka's own queue (<c>queued.max.messages.kbytes</c>, 32 MiB unless set).
/// </remarks>
public sealed class ConsumingOptions
{
    /// <summary>Records in a chunk at most.</summary>
    [Range(1, 65_536)]
    public int ChunkRecords { get; set; } = 512;

    /// <summary>Size of a chunk's slab; the chunk is handed over when 7/8 of it are used, so that it rarely has to grow.</summary>
    [Range(4 * 1024, 256 * 1024 * 1024)]
    public int ChunkBytes { get; set; } = 512 * 1024;

    /// <summary>How long the first record of a chunk waits for company.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ChunkLinger { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Chunks waiting for the reader at most.</summary>
    [Range(1, 1024)]
    public int ChannelChunks { get; set; } = 8;

    /// <summary>
    /// How long a full channel may block the loop before it pauses all partitions and polls on. Must stay well under
    /// <c>max.poll.interval.ms</c>, after which the group throws the member out.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan BlockBeforePause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a rebalance waits for a checkpoint and its commit before partitions are given back without.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RevokeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Values (and keys) above this are not copied; such a record carries its length instead.</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxRecordBytes { get; set; } = 1 << 20;
}
