using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Kafka.Clients;

/// <summary>Chunk size, channel capacity and timeouts of the consumer loop.</summary>
/// <remarks>
/// The memory for records that wait is at most (<see cref="ChannelChunks"/> + 2) chunks of <see cref="ChunkBytes"/>, plus
/// librdkafka's own queue (<c>queued.max.messages.kbytes</c>; the service sets 32 MiB unless configured), plus one response per
/// broker after decompression (<see cref="FetchBytes"/>).
/// </remarks>
public sealed class ConsumingOptions
{
    /// <summary>The maximum number of records in a chunk, 1 to 65,536.</summary>
    [Range(1, 65_536)]
    public int ChunkRecords { get; set; } = 512;

    /// <summary>The size of a chunk's buffer in bytes, 4 KiB to 256 MiB. A chunk is handed over when 7/8 of its buffer are used, so that the buffer rarely grows.</summary>
    [Range(4 * 1024, 256 * 1024 * 1024)]
    public int ChunkBytes { get; set; } = 512 * 1024;

    /// <summary>
    /// The maximum size of a fetch response in bytes, as the broker stores the records, 1 KiB to 64 MiB. A batch that is larger is returned alone. librdkafka
    /// decompresses a whole response before it checks its queue limits, so this bounds the memory that compressed records can occupy:
    /// zstd expands by up to 28,000, gzip by up to 1,030. Raise it for more throughput over a slow network if you trust your producers.
    /// </summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int FetchBytes { get; set; } = 48 * 1024;

    /// <summary>The maximum time that the first record of a chunk waits for more records, 0 to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ChunkLinger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The maximum number of chunks that wait for the pipeline, 1 to 1,024.</summary>
    [Range(1, 1024)]
    public int ChannelChunks { get; set; } = 8;

    /// <summary>
    /// The time that a full channel blocks the consumer loop before the loop pauses all partitions and keeps polling,
    /// 0 to 5 min. It must be well below <c>max.poll.interval.ms</c>, after which the group removes the member.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan BlockBeforePause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum time that a rebalance waits for a checkpoint and its commit before partitions are revoked without one, 0 to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RevokeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The number of identical errors at one offset after which a batch that cannot be read is skipped, 1 to 10,000. The client
    /// retries about ten times per second (<c>fetch.error.backoff.ms</c>). The position of a skipped batch becomes a dead letter with the reason <c>unreadable</c>.
    /// </summary>
    [Range(1, 10_000)]
    public int UnreadableAttempts { get; set; } = 10;

    /// <summary>The maximum size of a key or value in bytes, 1 to 256 MiB. A larger one is not copied; the record carries its size instead and becomes a dead letter.</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxRecordBytes { get; set; } = 1 << 20;
}
