using HnmStreams.Data.Examples;
using HnmStreams.Mining.Pool;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking.Inspection;

/// <summary>The candidates with a hardness from <paramref name="From"/> (inclusive) to <paramref name="To"/> (inclusive for the last bin only).</summary>
public readonly record struct HardnessBin(double From, double To, int Count);

/// <summary>The distribution of hardness in the pool.</summary>
/// <param name="Bins">Adjacent bins, ascending; none if the pool is empty.</param>
/// <param name="Threshold">The hardness that an offer must exceed; null while there is room.</param>
/// <param name="IsLogarithmic">True if the bins are equally wide in the logarithm, because losses spread over orders of magnitude.</param>
/// <param name="Count">The number of candidates.</param>
public sealed record HardnessHistogram(IReadOnlyList<HardnessBin> Bins, double? Threshold, bool IsLogarithmic, int Count)
{
    /// <summary>The number of bins, unless all candidates are equally hard.</summary>
    public const int BinCount = 32;

    // Orders of magnitude below the hardest. Easier candidates are counted in the first bin.
    private const double Decades = 6;

    internal static HardnessHistogram Of(PoolSnapshot<ExampleKey, StoredExample> pool, float threshold)
    {
        var hardness = new float[pool.Count];
        for (var i = 0; i < hardness.Length; i++)
            hardness[i] = pool[i].Hardness;
        return Of(hardness, threshold);
    }

    /// <summary>Counts the bins. Pure, O(n).</summary>
    /// <param name="hardness">Finite values.</param>
    internal static HardnessHistogram Of(ReadOnlySpan<float> hardness, float threshold)
    {
        double? bound = float.IsFinite(threshold) ? threshold : null;
        if (hardness.IsEmpty)
            return new([], bound, false, 0);
        double minimum = hardness[0], maximum = hardness[0];
        foreach (var value in hardness)
            (minimum, maximum) = (Math.Min(minimum, value), Math.Max(maximum, value));
        var logarithmic = minimum >= 0 && maximum > 0;
        if (logarithmic)
            minimum = Math.Max(minimum, maximum * Math.Pow(10, -Decades));
        if (minimum >= maximum)
            return new([new(minimum, maximum, hardness.Length)], bound, logarithmic, hardness.Length);

        var (low, high) = logarithmic ? (Math.Log(minimum), Math.Log(maximum)) : (minimum, maximum);
        var counts = new int[BinCount];
        foreach (var value in hardness)
        {
            var position = logarithmic ? Math.Log(Math.Max(value, minimum)) : value;
            counts[Math.Clamp((int)((position - low) / (high - low) * BinCount), 0, BinCount - 1)]++;
        }

        return new([.. counts.Select((count, i) => new HardnessBin(Edge(i), Edge(i + 1), count))], bound, logarithmic, hardness.Length);

        double Edge(int i)
        {
            var position = low + ((high - low) * i / BinCount);
            return logarithmic ? Math.Exp(position) : position;
        }
    }
}
