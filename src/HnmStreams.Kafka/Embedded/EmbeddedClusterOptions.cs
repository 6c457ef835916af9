using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Kafka.Embedded;

/// <summary>The brokers and topics of an embedded cluster.</summary>
public sealed class EmbeddedClusterOptions
{
    /// <summary>The number of brokers, 1 to 16. Each listens on its own loopback port.</summary>
    [Range(1, 16)]
    public int Brokers { get; set; } = 1;

    /// <summary>The number of partitions of each of <see cref="Topics"/>, 1 to 1,024. A topic that is created by the first use of a client always has four.</summary>
    [Range(1, 1024)]
    public int Partitions { get; set; } = 4;

    /// <summary>The topics that are created at the start.</summary>
    public IReadOnlyList<string> Topics { get; set; } = [];
}
