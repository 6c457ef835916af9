using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Synthetic;

/// <summary>The content of a synthetic image, independent of its label.</summary>
public enum SyntheticKind
{
    /// <summary>A closed ring.</summary>
    Positive,

    /// <summary>A shape that is easy to distinguish from a ring.</summary>
    EasyNegative,

    /// <summary>A ring with a narrow gap, or a closed line that is almost a ring.</summary>
    LookAlike,
}

/// <summary>A synthetic example with its ground truth. The example itself carries the label only.</summary>
/// <param name="Example">The example: id <c>syn-{index}</c>, class 1 (positive) or 0, a dense uint8 tensor [size, size] that is bright on dark.</param>
/// <param name="Difficulty">The difficulty of a negative, from 0 (unlike any positive) to 1 (narrowest gap); 0 for a positive.</param>
/// <param name="LabelFlipped">True if the label is wrong on purpose.</param>
public readonly record struct SyntheticExample(Example Example, double Difficulty, SyntheticKind Kind, bool LabelFlipped)
{
    /// <summary>The kind of a look-alike: 0 for a ring with a gap, n for the n-th kind that appeared later; 0 for other examples.</summary>
    public long Variant { get; init; }
}
