using HnmStreams.Mining.Randomness;

namespace HnmStreams.Pipeline.Budget;

/// <summary>The share of the stream that is scored.</summary>
/// <remarks>Thread-safe.</remarks>
internal interface IScoredShare
{
    /// <summary>Decides if an example is scored. Draws once, or not at all if every example is scored.</summary>
    bool Scores(bool isPositive, Xoshiro256StarStar generator);
}
