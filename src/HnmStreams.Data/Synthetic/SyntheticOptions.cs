using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Synthetic;

/// <summary>The <c>synthetic</c> section: the composition of the built-in stream. The rates are shares of all examples; the rest are easy negatives.</summary>
public sealed class SyntheticOptions
{
    /// <summary>The seed of the stream.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>The height and width of an image in pixels.</summary>
    [Range(16, 256)]
    public int Size { get; set; } = 28;

    /// <summary>The share of positives (closed rings), 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double PositiveRate { get; set; } = 0.01;

    /// <summary>The share of look-alike negatives (rings with a narrow gap), 0 to 1. The sum with <see cref="PositiveRate"/> must be at most 1.</summary>
    [Range(0.0, 1.0)]
    public double LookAlikeRate { get; set; } = 0.04;

    /// <summary>The probability that an example of any kind carries the wrong label.</summary>
    [Range(0.0, 1.0)]
    public double WrongLabelRate { get; set; }

    /// <summary>
    /// The period of the drift in examples: in one period the gap of the look-alikes rotates once around the ring, and narrows
    /// and widens once.
    /// </summary>
    [Range(1.0, 1e15)]
    public double DriftPeriod { get; set; } = 200_000;

    /// <summary>The number of examples after which the first new kind of look-alike appears (a closed ring with a dot, a dent or another mark); 0 means that none ever appears.</summary>
    [Range(0.0, 1e15)]
    public long ChangeAfter { get; set; }

    /// <summary>The number of examples between the appearances of two new kinds of look-alikes. A kind that has appeared stays.</summary>
    [Range(1.0, 1e15)]
    public long ChangeEvery { get; set; } = 400_000;

    /// <summary>The share of the look-alikes that belong to the newest kind, 0 to 1. The earlier kinds have equal parts of the rest.</summary>
    [Range(0.0, 1.0)]
    public double NewestShare { get; set; } = 0.5;

    /// <summary>Returns the number of new kinds of look-alikes that have appeared when the example with the given index is created.</summary>
    public long ChangesUpTo(long index) => ChangeAfter <= 0 || index < ChangeAfter ? 0 : 1 + ((index - ChangeAfter) / ChangeEvery);
}
