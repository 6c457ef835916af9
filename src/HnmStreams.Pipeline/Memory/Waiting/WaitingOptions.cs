using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>The store in which inputs wait for their labels on disk, and labels for their inputs.</summary>
public class WaitingOptions
{
    /// <summary>The time that an input waits for its label, and a label for its input.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "3650.00:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The action when no label has come in time: <c>drop</c> forgets the example, <c>presumeNegative</c> learns it as a negative, as for a
    /// payment without a chargeback. A later label corrects the presumption.
    /// </summary>
    public NoLabelPolicy WhenNoLabel { get; set; }

    /// <summary>The time that a labeled example stays in the store after its last label. Within it a repeated label has no effect and another label is a correction.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan Corrections { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The maximum number of examples. Beyond it those whose time ends first leave; they are counted.</summary>
    [Range(1L, 1_000_000_000_000L)]
    public long Count { get; set; } = 100_000_000;

    /// <summary>The maximum number of bytes of all examples before compression. Beyond it those whose time ends first leave; they are counted.</summary>
    [Range(1L << 20, 1L << 50)]
    public long Bytes { get; set; } = 64L << 30;

    /// <summary>The number of bytes of memory for blocks that were read, with their indexes and filters.</summary>
    [Range(8L << 20, 1L << 40)]
    public long CacheBytes { get; set; } = 128L << 20;

    /// <summary>The number of bytes of memory for entries that are not in a file yet. A checkpoint writes at most this many bytes while the stream waits.</summary>
    [Range(1L << 20, 1L << 40)]
    public long WriteBufferBytes { get; set; } = 64L << 20;
}

/// <summary>The action when an input has waited for its label in vain.</summary>
public enum NoLabelPolicy
{
    /// <summary>Forgets the example.</summary>
    Drop,

    /// <summary>Learns the example as a negative. A later label corrects it.</summary>
    PresumeNegative,
}
