using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Synthetic;

/// <summary>What the built-in stream is like. The rates are shares of all examples; what they leave are easy negatives.</summary>
public sealed class SyntheticOptions
{
    /// <summary>Another seed is another stream.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>Height and width of an image in pixels.</summary>
    [Range(16, 256)]
    public int Size { get; set; } = 28;

    /// <summary>Share of positives (closed rings).</summary>
    [Range(0.0, 1.0)]
    public double PositiveRate { get; set; } = 0.01;

    /// <summary>Share of look-alike negatives (rings with a narrow gap). With <see cref="PositiveRate"/> at most 1.</summary>
    [Range(0.0, 1.0)]
    public double LookAlikeRate { get; set; } = 0.04;

    /// <summary>Probability that an example of whatever kind carries the other label.</summary>
    [Range(0.0, 1.0)]
    public double WrongLabelRate { get; set; }

    /// <summary>Examples in which the gap of the look-alikes goes round once and narrows and widens once.</summary>
    [Range(1.0, 1e15)]
    public double DriftPeriod { get; set; } = 200_000;
}
