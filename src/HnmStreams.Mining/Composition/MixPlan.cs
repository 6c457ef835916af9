namespace HnmStreams.Mining.Composition;

/// <summary>How many there are to draw from.</summary>
public readonly record struct MixSupply(int FreshPositives, int ReservoirPositives, int HardNegatives, int RandomNegatives);

/// <summary>What the options ask for, whatever the supply.</summary>
public readonly record struct MixRequest(int Positives, int HardNegatives, int RandomNegatives);

/// <summary>What a batch is given from each source, beside what was asked.</summary>
/// <param name="Shortfall">Why what is given differs from what was asked, in words; null where it does not.</param>
public sealed record MixPlan(
    int FreshPositives, int ReservoirPositives, int HardNegatives, int RandomNegatives, MixRequest Asked, string? Shortfall)
{
    public int Count => FreshPositives + ReservoirPositives + HardNegatives + RandomNegatives;
}
