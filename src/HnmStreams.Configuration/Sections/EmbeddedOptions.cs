using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>The in-process cluster that a run starts where no Kafka is configured.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>Partitions of the topic of examples.</summary>
    [Range(1, 64)]
    public int Partitions { get; set; } = 4;

    /// <summary>Unread bytes that the built-in producer leaves in a partition at most; the cluster forgets beyond 5 MiB.</summary>
    [Range(64 * 1024, 4 * 1024 * 1024)]
    public long FeedBytesPerPartition { get; set; } = 1024 * 1024;
}
