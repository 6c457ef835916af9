using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Kafka.Clients;

/// <summary>Batching, compression and queue limits of a producer of examples.</summary>
public sealed class ProducingOptions
{
    /// <summary>The time that a batch waits for more records before it is sent, 0 to 30 s (librdkafka's <c>linger.ms</c>).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The maximum size of a batch in bytes, 1 KiB to 16 MiB (librdkafka's <c>batch.size</c>).</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int BatchBytes { get; set; } = 512 * 1024;

    /// <summary>The compression of batches: none, gzip, snappy, lz4 or zstd.</summary>
    [AllowedValues("none", "gzip", "snappy", "lz4", "zstd")]
    public string Compression { get; set; } = "none";

    /// <summary>The maximum number of records in flight (queued or not yet acknowledged), 1 to 10,000,000. At this limit the producer waits for deliveries.</summary>
    [Range(1, 10_000_000)]
    public int QueueRecords { get; set; } = 50_000;

    /// <summary>The maximum size in bytes of the keys and values in flight, at least 1 KiB. A larger record is sent while no other is in flight.</summary>
    [Range(1024, int.MaxValue)]
    public int QueueBytes { get; set; } = 32 * 1024 * 1024;
}
