using HnmStreams.Data.Examples;
using HnmStreams.Mining.Pool;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>Residents whose hardness lies from <paramref name="From"/> (included) to <paramref name="To"/> (the last bin's included).</summary>
public readonly record struct HardnessBin(double From, double To, int Count);

/// <summary>How hard the pool's residents are.</summary>
/// <param name="Bins">Side by side, ascending; none where the pool is empty.</param>
/// <param name="Threshold">Hardness that an offer must exceed; null while there is room.</param>
/// <param name="IsLogarithmic">Bins are equally wide in the logarithm: losses spread over orders of magnitude.</param>
public sealed record HardnessHistogram(IReadOnlyList<HardnessBin> Bins, double? Threshold, bool IsLogarithmic, int Count)
{
    /// <summary>How many bins there are where residents differ.</summary>
    public const int BinCount = 32;

    // Orders of magnitude shown below the hardest; what is easier lies in the first bin.
    private const double Decades = 6;

    internal static HardnessHistogram Of(PoolSnapshot<ExampleKey, StoredExample> pool, float threshold)
    {
        var hardness = new float[pool.Count];
        for (var i = 0; i < hardness.Length; i++)
            hardness[i] = pool[i].Hardness;
        return Of(hardness, threshold);
    }

    /// <summary>Pure, O(n).</summary>
    /// <param name="hardness">Finite.</param>
    internal static HardnessHistogram Of(ReadOnlySpan<float> hardness, float threshold)
    {
        double? bound = float.IsFinite(threshold) ? threshold : null;
        if (hardness.IsEmpty)
            return new([], bound, false, 0);
        double least = hardness[0], most = hardness[0];
        foreach (var value in hardness)
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        var logarithmic = least >= 0 && most > 0;
        if (logarithmic)
            least = Math.Max(least, most * Math.Pow(10, -Decades));
        if (least >= most)
            return new([new(least, most, hardness.Length)], bound, logarithmic, hardness.Length);

        var (low, high) = logarithmic ? (Math.Log(least), Math.Log(most)) : (least, most);
        var counts = new int[BinCount];
        foreach (var value in hardness)
        {
            var place = logarithmic ? Math.Log(Math.Max(value, least)) : value;
            counts[Math.Clamp((int)((place - low) / (high - low) * BinCount), 0, BinCount - 1)]++;
        }

        return new([.. counts.Select((count, i) => new HardnessBin(Edge(i), Edge(i + 1), count))], bound, logarithmic, hardness.Length);

        double Edge(int i)
        {
            var place = low + ((high - low) * i / BinCount);
            return logarithmic ? Math.Exp(place) : place;
        }
    }
}
