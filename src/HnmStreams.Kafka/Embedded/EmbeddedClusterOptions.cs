using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Kafka.Embedded;

/// <summary>The shape of an embedded cluster.</summary>
public sealed class EmbeddedClusterOptions
{
    /// <summary>Brokers, each on a loopback port of its own.</summary>
    [Range(1, 16)]
    public int Brokers { get; set; } = 1;

    /// <summary>Partitions of each of <see cref="Topics"/>. Topics made by a client's first use always get four.</summary>
    [Range(1, 1024)]
    public int Partitions { get; set; } = 4;

    /// <summary>Topics that are there from the start.</summary>
    public IReadOnlyList<string> Topics { get; set; } = [];
}
