using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Synthetic;

/// <summary>What an image shows, whatever its label says.</summary>
public enum SyntheticKind
{
    /// <summary>A closed ring.</summary>
    Positive,

    /// <summary>A shape that few models confuse with a ring.</summary>
    EasyNegative,

    /// <summary>A ring with a narrow gap.</summary>
    LookAlike,
}

/// <summary>An example with what only its generator knows; the example itself tells none of it but the label.</summary>
/// <param name="Example">
/// Id <c>syn-{index}</c>, class 1 (positive) or 0, a dense uint8 tensor [size, size], ink bright on dark.
/// </param>
/// <param name="Difficulty">Of a negative: 0 (nothing like a positive) to 1 (the narrowest gap); 0 for a positive.</param>
/// <param name="LabelFlipped">Whether the label is wrong on purpose.</param>
public readonly record struct SyntheticExample(Example Example, double Difficulty, SyntheticKind Kind, bool LabelFlipped);
