using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// Ranks 1 to n with probability proportional to rank^-alpha, exactly, without a table: rejection from the integral of a
/// hat function (Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
/// distributions", ACM TOMACS 1996). O(1) expected, for any n.
/// </summary>
internal readonly struct ZipfRanks
{
    // Up to here the normaliser is summed; beyond it an integral with its first corrections (Euler and Maclaurin) is as exact as a double.
    private const int SummedUpTo = 64;

    private readonly double _alpha, _low, _high, _surelyBelow;
    private readonly int _count;

    /// <param name="alpha">0 or more.</param>
    public ZipfRanks(int count, double alpha)
    {
        (_count, _alpha, _low, _high, _surelyBelow) = (count, alpha, 0, 0, 0);
        _low = Integral(1.5) - 1;
        _high = Integral(count + 0.5);
        _surelyBelow = 2 - Inverse(Integral(2.5) - Math.Pow(2, -alpha));
        Normaliser = Sum();
    }

    /// <summary>Sum of rank^-alpha over all ranks.</summary>
    public double Normaliser { get; }

    public double ProbabilityOf(int rank) => Math.Pow(rank, -_alpha) / Normaliser;

    public int Draw(Xoshiro256StarStar generator)
    {
        while (true)
        {
            var area = _high + (generator.NextDouble() * (_low - _high));
            var point = Inverse(area);
            var rank = (int)Math.Clamp(Math.Round(point), 1, _count);
            // The hat touches the distribution near each rank from below, where no further look is needed.
            if (rank - point <= _surelyBelow || area >= Integral(rank + 0.5) - Math.Pow(rank, -_alpha))
                return rank;
        }
    }

    // Of x^-alpha, shifted so that it is the logarithm's neighbour where alpha is near 1.
    private double Integral(double x) => Math.Abs(1 - _alpha) < 1e-9 ? Math.Log(x) : (Math.Pow(x, 1 - _alpha) - 1) / (1 - _alpha);

    private double Inverse(double area) => Math.Abs(1 - _alpha) < 1e-9 ? Math.Exp(area) : Math.Pow(Math.Max(0, 1 + (area * (1 - _alpha))), 1 / (1 - _alpha));

    private double Sum()
    {
        var sum = 0.0;
        for (var rank = Math.Min(_count, SummedUpTo); rank >= 1; rank--)
            sum += Math.Pow(rank, -_alpha);
        if (_count <= SummedUpTo)
            return sum;
        var (first, last) = (Math.Pow(SummedUpTo, -_alpha), Math.Pow(_count, -_alpha));
        var slopes = _alpha / 12 * ((first / SummedUpTo) - (last / _count));
        return sum + Integral(_count) - Integral(SummedUpTo) + ((last - first) / 2) + slopes;
    }
}
