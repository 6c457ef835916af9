namespace HnmStreams.Mining.Pool;

/// <summary>The key of a candidate: an example, and a region of it.</summary>
/// <param name="Id">Number or hash of the example's id. A struct of numbers, so that the garbage collector has nothing to trace in a pool
/// of a million keys.</param>
/// <param name="Region">0 for the example as a whole; otherwise the number of a region in it, as in object detection.</param>
public readonly record struct CandidateKey<TId>(TId Id, int Region)
    where TId : struct, IEquatable<TId>;
