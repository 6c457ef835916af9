using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Kafka.Clients;

/// <summary>How a producer of examples trades latency for throughput, and how much it may hold.</summary>
public sealed class ProducingOptions
{
    /// <summary>How long a batch waits to fill.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Bytes in a batch at most.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int BatchBytes { get; set; } = 512 * 1024;

    /// <summary>Batch compression.</summary>
    [AllowedValues("none", "gzip", "snappy", "lz4", "zstd")]
    public string Compression { get; set; } = "none";

    /// <summary>Records under way (queued or not yet acknowledged) at most; above it producing waits.</summary>
    [Range(1, 10_000_000)]
    public int QueueRecords { get; set; } = 50_000;

    /// <summary>Bytes of keys and values under way at most; one larger record may be alone.</summary>
    [Range(1024, int.MaxValue)]
    public int QueueBytes { get; set; } = 32 * 1024 * 1024;
}
