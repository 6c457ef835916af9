namespace HnmStreams.Evaluation.Delays;

/// <summary>
/// The distribution of the time from an input to its label, by the product-limit estimator of Kaplan and Meier, "Nonparametric estimation from
/// incomplete observations" (1958): examples that left before their label count as long as they were observed.
/// </summary>
/// <remarks>
/// Bounded memory: delays are counted in ranges that grow by 2.2 % from one second on. <see cref="Add"/> takes O(1), an estimate O(ranges).
/// Examples that still wait are not counted, so that the estimate is too short until the stream is as old as the longest delay. Any unit of
/// time works, for example records as ticks. Single-threaded; one owner.
/// </remarks>
public sealed class LabelDelays
{
    private const int RangesPerOctave = 32;
    private const int Octaves = 30;
    private const int Ranges = RangesPerOctave * Octaves;

    private readonly double[] _labeled = new double[Ranges];
    private readonly double[] _censored = new double[Ranges];

    /// <summary>The number of labels.</summary>
    public double Labeled => _labeled.Sum();

    /// <summary>The number of examples that left without a label.</summary>
    public double Censored => _censored.Sum();

    /// <summary>Counts the delay of a label. A label before its input has delay 0.</summary>
    public void Add(TimeSpan delay) => _labeled[RangeOf(delay)]++;

    /// <summary>Counts an example that left without a label after some time.</summary>
    public void AddCensored(TimeSpan age) => _censored[RangeOf(age)]++;

    /// <summary>Returns the probability that a label comes within a time, 0 to 1; NaN without observations. O(ranges).</summary>
    public double Within(TimeSpan time)
    {
        var waiting = Labeled + Censored;
        if (waiting == 0)
            return double.NaN;
        var survival = 1.0;
        var last = RangeOf(time);
        for (var range = 0; range <= last && waiting > 0; range++)
        {
            survival *= 1 - (_labeled[range] / waiting);
            waiting -= _labeled[range] + _censored[range];
        }

        return 1 - survival;
    }

    /// <summary>Returns the time within which a share of all labels comes; null if the observations do not reach it. O(ranges).</summary>
    /// <param name="share">The share, above 0 and at most 1.</param>
    public TimeSpan? Quantile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var waiting = Labeled + Censored;
        var survival = 1.0;
        for (var range = 0; range < Ranges && waiting > 0; range++)
        {
            survival *= 1 - (_labeled[range] / waiting);
            waiting -= _labeled[range] + _censored[range];
            if (1 - survival >= share - 1e-12)
                return TimeSpan.FromSeconds(Math.Pow(2, (range + 1.0) / RangesPerOctave) - 1);
        }

        return null;
    }

    /// <summary>Returns a copy of the counts: of labels, then of examples without one.</summary>
    public double[] Save() => [.. _labeled, .. _censored];

    /// <summary>Restores saved counts.</summary>
    /// <exception cref="InvalidDataException">The counts are inconsistent.</exception>
    public void Restore(double[] counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Length != 2 * Ranges || !counts.All(c => c >= 0 && double.IsFinite(c)))
            throw new InvalidDataException($"The saved delays must be {2 * Ranges} counts but are {counts.Length}.");
        counts.AsSpan(0, Ranges).CopyTo(_labeled);
        counts.AsSpan(Ranges).CopyTo(_censored);
    }

    private static int RangeOf(TimeSpan delay) =>
        (int)Math.Clamp(RangesPerOctave * Math.Log2(1 + Math.Max(0, delay.TotalSeconds)), 0, Ranges - 1);
}
