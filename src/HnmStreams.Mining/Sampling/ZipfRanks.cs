using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// A Zipf distribution over the ranks 1 to n, with probability proportional to rank^-alpha, sampled exactly and without a table by
/// rejection-inversion (Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", ACM TOMACS
/// 1996). O(1) expected, for any n.
/// </summary>
internal readonly struct ZipfRanks
{
    // Up to this rank the normalization constant is summed. Beyond it, the Euler-Maclaurin formula with its first corrections is exact to
    // double precision.
    private const int MaxSummedRank = 64;

    private readonly double _alpha, _low, _high, _acceptanceBound;
    private readonly int _count;

    /// <summary>Creates a distribution.</summary>
    /// <param name="count">Number of ranks, 1 or more.</param>
    /// <param name="alpha">Exponent, 0 or more.</param>
    public ZipfRanks(int count, double alpha)
    {
        (_count, _alpha, _low, _high, _acceptanceBound) = (count, alpha, 0, 0, 0);
        _low = Integral(1.5) - 1;
        _high = Integral(count + 0.5);
        _acceptanceBound = 2 - Inverse(Integral(2.5) - Math.Pow(2, -alpha));
        NormalizationConstant = Sum();
    }

    /// <summary>The sum of rank^-alpha over all ranks.</summary>
    public double NormalizationConstant { get; }

    /// <summary>Returns the probability of a rank.</summary>
    public double ProbabilityOf(int rank) => Math.Pow(rank, -_alpha) / NormalizationConstant;

    /// <summary>Draws a rank.</summary>
    public int Draw(Xoshiro256StarStar generator)
    {
        while (true)
        {
            var area = _high + (generator.NextDouble() * (_low - _high));
            var point = Inverse(area);
            var rank = (int)Math.Clamp(Math.Round(point), 1, _count);
            // Near each rank the hat function lies below the distribution, so that no further test is needed.
            if (rank - point <= _acceptanceBound || area >= Integral(rank + 0.5) - Math.Pow(rank, -_alpha))
                return rank;
        }
    }

    // Integral of x^-alpha, shifted so that it approaches the logarithm as alpha approaches 1.
    private double Integral(double x) => Math.Abs(1 - _alpha) < 1e-9 ? Math.Log(x) : (Math.Pow(x, 1 - _alpha) - 1) / (1 - _alpha);

    private double Inverse(double area) => Math.Abs(1 - _alpha) < 1e-9 ? Math.Exp(area) : Math.Pow(Math.Max(0, 1 + (area * (1 - _alpha))), 1 / (1 - _alpha));

    private double Sum()
    {
        var sum = 0.0;
        for (var rank = Math.Min(_count, MaxSummedRank); rank >= 1; rank--)
            sum += Math.Pow(rank, -_alpha);
        if (_count <= MaxSummedRank)
            return sum;
        var (first, last) = (Math.Pow(MaxSummedRank, -_alpha), Math.Pow(_count, -_alpha));
        var slopes = _alpha / 12 * ((first / MaxSummedRank) - (last / _count));
        return sum + Integral(_count) - Integral(MaxSummedRank) + ((last - first) / 2) + slopes;
    }
}
