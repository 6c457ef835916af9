namespace HnmStreams.Mining.Composition;

/// <summary>The number of examples available from each source.</summary>
/// <param name="NewPositives">Positives that arrived since the last batch.</param>
/// <param name="ReservoirPositives">Positives in the reservoir.</param>
/// <param name="HardNegatives">Candidates in the pool.</param>
/// <param name="RandomNegatives">Negatives in the reservoir.</param>
public readonly record struct MixSupply(int NewPositives, int ReservoirPositives, int HardNegatives, int RandomNegatives);

/// <summary>The number of examples that the options ask for, independent of the supply.</summary>
/// <param name="Positives">New and reservoir positives together.</param>
/// <param name="HardNegatives">Candidates from the pool.</param>
/// <param name="RandomNegatives">Negatives from the reservoir.</param>
public readonly record struct MixRequest(int Positives, int HardNegatives, int RandomNegatives);

/// <summary>The number of examples of a batch from each source.</summary>
/// <param name="NewPositives">Positives that arrived since the last batch.</param>
/// <param name="ReservoirPositives">Positives from the reservoir.</param>
/// <param name="HardNegatives">Candidates from the pool.</param>
/// <param name="RandomNegatives">Negatives from the reservoir.</param>
/// <param name="Asked">The request that the options make.</param>
/// <param name="Shortfalls">The sources that provide less than requested of them; empty if the request is met.</param>
public sealed record MixPlan(
    int NewPositives, int ReservoirPositives, int HardNegatives, int RandomNegatives, MixRequest Asked, IReadOnlyList<MixShortfall> Shortfalls)
{
    /// <summary>A description of all shortfalls, or null if there are none.</summary>
    public string? Shortfall => Shortfalls.Count == 0 ? null : string.Join("; ", Shortfalls);

    /// <summary>The number of examples in the batch.</summary>
    public int Count => NewPositives + ReservoirPositives + HardNegatives + RandomNegatives;
}
