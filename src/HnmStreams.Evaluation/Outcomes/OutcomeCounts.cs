namespace HnmStreams.Evaluation.Outcomes;

/// <summary>The outcomes of one cell: their number by range of probability and label, and the sums of the exact metrics.</summary>
internal sealed class OutcomeCounts(int bins)
{
    // Below it a label that was called impossible would have an infinite loss.
    private const double MinProbability = 1e-7;

    // Negatives, positives and probabilities per bin, then log loss and Brier score.
    private readonly double[] _values = new double[(3 * bins) + 2];

    public double Weight => Sum(0) + Sum(1);

    public static OutcomeCounts Restore(int bins, double[] values)
    {
        var counts = new OutcomeCounts(bins);
        if (values.Length != counts._values.Length || !values.All(double.IsFinite))
            throw new InvalidDataException($"The counts of saved outcomes must be {counts._values.Length} finite numbers but are {values.Length}.");
        values.CopyTo(counts._values, 0);
        return counts;
    }

    public double[] Save() => [.. _values];

    public void Add(float probability, bool positive, double weight)
    {
        var bin = Math.Min((int)(probability * bins), bins - 1);
        _values[(positive ? bins : 0) + bin] += weight;
        _values[(2 * bins) + bin] += weight * probability;
        var likelihood = Math.Max(MinProbability, positive ? probability : 1.0 - probability);
        _values[^2] -= weight * Math.Log(likelihood);
        var error = (positive ? 1.0 : 0.0) - probability;
        _values[^1] += weight * error * error;
    }

    public void Add(OutcomeCounts other)
    {
        for (var i = 0; i < _values.Length; i++)
            _values[i] += other._values[i];
    }

    public OutcomeMetrics ToMetrics()
    {
        var (negatives, positives) = (Sum(0), Sum(1));
        var total = negatives + positives;
        var (above, below, area, precision, gap) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (var bin = bins - 1; bin >= 0; bin--)
        {
            var (negative, positive) = (_values[bin], _values[bins + bin]);
            // A negative of the same bin counts half.
            area += negative * (above + (positive / 2));
            above += positive;
            below += negative;
            if (above + below > 0)
                precision += positive * above / (above + below);
            gap += Math.Abs(_values[(2 * bins) + bin] - positive);
        }

        var hasBoth = negatives > 0 && positives > 0;
        return new OutcomeMetrics(
            total,
            Ratio(positives, total),
            Ratio(_values[^2], total),
            Ratio(_values[^1], total),
            hasBoth ? area / (negatives * positives) : double.NaN,
            positives > 0 ? precision / positives : double.NaN,
            Ratio(gap, total));
    }

    private static double Ratio(double value, double total) => total > 0 ? value / total : double.NaN;

    private double Sum(int block) => _values.AsSpan(block * bins, bins).ToArray().Sum();
}
