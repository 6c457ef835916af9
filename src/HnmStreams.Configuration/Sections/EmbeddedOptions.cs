using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>The in-process Kafka cluster, which a run starts if no bootstrap server is set.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>The number of partitions of the topic of examples.</summary>
    [Range(1, 64)]
    public int Partitions { get; set; } = 4;

    /// <summary>The limit of unread bytes per partition at which the built-in producer waits. The cluster drops records beyond 5 MiB per partition.</summary>
    [Range(64 * 1024, 4 * 1024 * 1024)]
    public long FeedBytesPerPartition { get; set; } = 1024 * 1024;
}
