namespace HnmStreams.Evaluation.Comparing;

/// <summary>The difference between two models in a metric on the same examples, with its 95 % confidence interval.</summary>
/// <param name="Mean">Difference on all examples; positive if the first model is better.</param>
/// <param name="Low">Lower bound of the interval. If it is above 0, the first model is significantly better.</param>
/// <param name="High">Upper bound of the interval. If it is below 0, the first model is significantly worse.</param>
public sealed record Uplift(double Mean, double Low, double High)
{
    // Two-sided 95 % quantile of Student's t distribution with one degree of freedom fewer than there are groups.
    private const double Quantile = 2.0930;

    /// <summary>
    /// Computes the difference and its interval by the delete-a-group jackknife. The variance is (G - 1) / G times the sum of squared
    /// deviations of the differences without one group from their mean (Kott, "The delete-a-group jackknife", Journal of Official
    /// Statistics 17(4), 2001, sections 2 and 3). Both models lose the same examples, so that variation common to both cancels out. The
    /// interval covers the choice of examples, not that of the training seed. Pure; O(groups).
    /// </summary>
    /// <param name="first">Metric of the first model on all examples and without each group of <see cref="JackknifeGroups"/>.</param>
    /// <param name="second">Metric of the second model, with the same groups.</param>
    /// <returns>The difference, or null if a metric is undefined on all examples or without a group.</returns>
    /// <exception cref="ArgumentException">The number of values is not that of the groups.</exception>
    public static Uplift? Of(GroupedMetric first, GroupedMetric second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        const int Groups = JackknifeGroups.Count;
        if (first.Without.Count != Groups || second.Without.Count != Groups)
            throw new ArgumentException($"There must be {Groups} values without a group but there are {first.Without.Count} and {second.Without.Count}.", nameof(first));
        var whole = first.Whole - second.Whole;
        var without = first.Without.Zip(second.Without, (a, b) => a - b).ToArray();
        if (!double.IsFinite(whole) || without.Any(d => !double.IsFinite(d)))
            return null;
        var mean = without.Average();
        var squares = without.Sum(d => (d - mean) * (d - mean));
        var half = Quantile * Math.Sqrt(squares * (Groups - 1) / Groups);
        return new Uplift(whole, whole - half, whole + half);
    }
}

/// <summary>A metric on all examples, and on the examples without each group.</summary>
/// <param name="Whole">Value on all examples.</param>
/// <param name="Without">Value without each group, in the order of the groups.</param>
public sealed record GroupedMetric(double Whole, IReadOnlyList<double> Without);
