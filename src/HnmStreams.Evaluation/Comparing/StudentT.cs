namespace HnmStreams.Evaluation.Comparing;

/// <summary>Student's t distribution, for intervals around means of few values.</summary>
public static class StudentT
{
    // For 1 to 30 degrees of freedom.
    private static readonly double[] Quantiles =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>Returns the half-width of the two-sided 95 % interval around the mean of values. O(n).</summary>
    /// <param name="values">At least two values; the spread of one value is unknown.</param>
    /// <exception cref="ArgumentException">There are fewer than two values.</exception>
    public static double HalfWidth95(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count < 2)
            throw new ArgumentException($"There must be at least 2 values but there are {values.Count}.", nameof(values));
        var mean = values.Average();
        var variance = values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1);
        // Beyond 30 degrees of freedom the quantile differs from the last one by less than 4 %, and the interval is slightly too wide.
        return Quantiles[Math.Min(values.Count - 2, Quantiles.Length - 1)] * Math.Sqrt(variance / values.Count);
    }
}
