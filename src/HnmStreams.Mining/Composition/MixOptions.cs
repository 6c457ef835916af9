using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Composition;

/// <summary>What a training batch is made of.</summary>
public sealed class MixOptions
{
    /// <summary>Examples in a batch.</summary>
    [Range(1, 65_536)]
    public int BatchSize { get; set; } = 32;

    /// <summary>Share of the batch that is positive: fresh ones first, kept ones for the rest.</summary>
    [Range(0.0, 1.0)]
    public double PositiveShare { get; set; } = 0.25;

    /// <summary>
    /// Share of the negatives that is hard; the others are random. Some random ones guard against learning only the
    /// exceptions. Null is half, and leaves room for whoever decides it while the stream runs.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? HardShare { get; set; }

    public double HardShareOrUsual => HardShare ?? 0.5;

    /// <summary>The same but for the share that is hard.</summary>
    public MixOptions WithHardShare(double share) => new() { BatchSize = BatchSize, PositiveShare = PositiveShare, HardShare = share };

    /// <summary>For where nothing is rare: no positives asked for, rather than called missing.</summary>
    public MixOptions WithoutPositives() => new() { BatchSize = BatchSize, PositiveShare = 0, HardShare = HardShare };
}
