namespace HnmStreams.Mining.Composition;

/// <summary>How many there are to draw from.</summary>
public readonly record struct MixSupply(int FreshPositives, int ReservoirPositives, int HardNegatives, int RandomNegatives);

/// <summary>What the options ask for, whatever the supply.</summary>
public readonly record struct MixRequest(int Positives, int HardNegatives, int RandomNegatives);

/// <summary>What a batch is given from each source, beside what was asked.</summary>
/// <param name="Shortfalls">Each source that gives less than was wanted of it; empty where what is given is what was asked.</param>
public sealed record MixPlan(
    int FreshPositives, int ReservoirPositives, int HardNegatives, int RandomNegatives, MixRequest Asked, IReadOnlyList<MixShortfall> Shortfalls)
{
    /// <summary>All shortfalls in words; null where there are none.</summary>
    public string? Shortfall => Shortfalls.Count == 0 ? null : string.Join("; ", Shortfalls);

    public int Count => FreshPositives + ReservoirPositives + HardNegatives + RandomNegatives;
}
