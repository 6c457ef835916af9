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

    /// <summary>
    /// The weight of a presumed negative. <c>none</c>: that of its record. <c>feedbackShift</c>: multiplied by the probability that no positive label
    /// will come for it, by the served probability and the delays of the labels of positives so far. Requires <c>presumeNegative</c>, and
    /// <see cref="Corrections"/> as long as labels come: a later label corrects the presumption.
    /// </summary>
    public DelayCorrection DelayCorrection { get; set; }

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

/// <summary>The correction of the bias that presumed negatives cause, because some of them are positives whose label has not come yet.</summary>
public enum DelayCorrection
{
    /// <summary>No correction.</summary>
    None,

    /// <summary>
    /// The weight <c>(1 - p) / (1 - p F)</c>, with the served probability p of a positive and the share F of the labels of positives that come in time: that of
    /// a negative in Yasui et al., "A feedback shift correction in predicting conversion rates under delayed feedback" (arXiv 2002.02068).
    /// </summary>
    FeedbackShift,
}

/// <summary>The action when an input has waited for its label in vain.</summary>
public enum NoLabelPolicy
{
    /// <summary>Forgets the example.</summary>
    Drop,

    /// <summary>Learns the example as a negative. A later label corrects it.</summary>
    PresumeNegative,
}
