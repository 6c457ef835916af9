namespace HnmStreams.Mining.Pool;

/// <summary>What a candidate is known by: the example, and which unit of it.</summary>
/// <param name="Id">A number or a hash of the example's id; a struct of numbers, so that a million keys are no work for the collector.</param>
/// <param name="Unit">0 for the example as a whole; else a region, or the other half of a pair.</param>
public readonly record struct CandidateKey<TId>(TId Id, int Unit)
    where TId : struct, IEquatable<TId>;
