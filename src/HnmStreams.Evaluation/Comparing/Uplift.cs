namespace HnmStreams.Evaluation.Comparing;

/// <summary>By how much one model is ahead of another in a metric on the same examples, with its 95 % interval.</summary>
/// <param name="Mean">The difference on all examples; above 0 where the first is ahead.</param>
/// <param name="Low">Lower end: a difference of 0 below it is no luck of the examples.</param>
public sealed record Uplift(double Mean, double Low, double High)
{
    // Student's t for 95 %, two-sided, with one degree of freedom fewer than there are groups.
    private const double Quantile = 2.0930;

    /// <summary>
    /// The interval of the delete-a-group jackknife: the variance is (G - 1) / G times the squared deviations of the
    /// differences without one group from their mean (Kott, "The delete-a-group jackknife", Journal of Official
    /// Statistics 17(4), 2001, sections 2 and 3). Both models lose the same examples, so what is hard or easy for both
    /// cancels out. It says how much the examples decide, not how much another seed would. O(groups); pure.
    /// </summary>
    /// <param name="first">The metric of the first model on all examples, and without each group of <see cref="JackknifeGroups"/>.</param>
    /// <param name="second">The same of the other model, under the same groups.</param>
    /// <returns>Null where a metric is not defined, on all examples or without a group.</returns>
    public static Uplift? Of(GroupedMetric first, GroupedMetric second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        const int Groups = JackknifeGroups.Count;
        if (first.Without.Count != Groups || second.Without.Count != Groups)
            throw new ArgumentException($"{first.Without.Count} and {second.Without.Count} values without a group; there are {Groups} groups.", nameof(first));
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

/// <summary>A metric on all examples, and on all but one group of them.</summary>
/// <param name="Without">One for each group, in their order.</param>
public sealed record GroupedMetric(double Whole, IReadOnlyList<double> Without);
