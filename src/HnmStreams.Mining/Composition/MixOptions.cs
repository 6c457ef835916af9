using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Composition;

/// <summary>The composition of a training batch.</summary>
public sealed class MixOptions
{
    /// <summary>Number of examples per batch.</summary>
    [Range(1, 65_536)]
    public int BatchSize { get; set; } = 32;

    /// <summary>Share of positives in a batch. Positives that arrived since the last batch are used first, then those from the reservoir.</summary>
    [Range(0.0, 1.0)]
    public double PositiveShare { get; set; } = 0.25;

    /// <summary>
    /// Share of hard examples among the negatives; the others are random. Random negatives prevent the model from learning only the
    /// exceptions. If not set, it is 0.5 and the mining budget and the overfitting guard may change it while the stream runs.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? HardShare { get; set; }

    /// <summary>The share of hard examples among the negatives, with the default applied.</summary>
    public double HardShareOrDefault => HardShare ?? 0.5;

    /// <summary>Returns a copy with another share of hard examples.</summary>
    public MixOptions WithHardShare(double share) => new() { BatchSize = BatchSize, PositiveShare = PositiveShare, HardShare = share };

    /// <summary>Returns a copy that asks for no positives, for tasks without a rare class.</summary>
    public MixOptions WithoutPositives() => new() { BatchSize = BatchSize, PositiveShare = 0, HardShare = HardShare };
}
