using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Web.Recovery;

/// <summary>The recoveries of a run taken together.</summary>
/// <param name="Changes">The number of changes that count: those that made a learner fall below the level and are over, or from which all learners have recovered.</param>
/// <param name="Mined">The learner that mines.</param>
/// <param name="AgainstRandom">The times of the random baseline at equal steps as multiples of those of mining.</param>
/// <param name="AgainstEqualCompute">The times of the random baseline at equal compute as multiples of those of mining.</param>
internal sealed record RecoverySummary(
    int Changes,
    LearnerRecoveries Mined,
    LearnerRecoveries Random,
    LearnerRecoveries RandomEqualCompute,
    RecoveryRatio AgainstRandom,
    RecoveryRatio AgainstEqualCompute)
{
    /// <summary>Summarizes recoveries. Pure; O(n log n).</summary>
    /// <returns>The summary, or null if no change counts.</returns>
    public static RecoverySummary? Of(IReadOnlyList<ChangeRecovery> recoveries)
    {
        var counted = recoveries.Where(Counts).ToList();
        if (counted.Count == 0)
            return null;
        var (mined, random, equal) = (Times(counted, r => r.Mined), Times(counted, r => r.Random), Times(counted, r => r.RandomEqualCompute));
        return new RecoverySummary(
            counted.Count,
            LearnerRecoveries.Of(counted, r => r.Mined),
            LearnerRecoveries.Of(counted, r => r.Random),
            LearnerRecoveries.Of(counted, r => r.RandomEqualCompute),
            RecoveryRatio.Of(mined, random),
            RecoveryRatio.Of(mined, equal));
    }

    private static bool Counts(ChangeRecovery change)
    {
        LearnerRecovery[] learners = [change.Mined, change.Random, change.RandomEqualCompute];
        return change.FirstEvaluation is not null && learners.Any(l => l.Fell) && (change.Ended || learners.All(l => l.Seconds is not null));
    }

    // A learner that is not back counts with the time up to the next change, which is too short: its true time is longer.
    // No time is below that of the first evaluation, which is the resolution of the measurement.
    private static List<double> Times(List<ChangeRecovery> changes, Func<ChangeRecovery, LearnerRecovery> learner) =>
        [.. changes.Select(c => Math.Max(learner(c).Seconds ?? c.Observed, c.FirstEvaluation!.Value))];
}

/// <summary>The recoveries of one learner.</summary>
/// <param name="MedianSeconds">The median time to get back to the level; the time up to the next change counts for a learner that was not back.</param>
/// <param name="MedianSteps">The median of the steps of the recoveries that succeeded; null if none exists.</param>
/// <param name="NotRecovered">The number of changes after which it was not back before the next change.</param>
internal sealed record LearnerRecoveries(double MedianSeconds, double? MedianSteps, int NotRecovered)
{
    public static LearnerRecoveries Of(IReadOnlyList<ChangeRecovery> changes, Func<ChangeRecovery, LearnerRecovery> learner)
    {
        var steps = changes.Select(c => learner(c).Steps).OfType<long>().Select(s => (double)s).ToList();
        return new LearnerRecoveries(
            Median([.. changes.Select(c => learner(c).Seconds ?? c.Observed)]),
            steps.Count == 0 ? null : Median(steps),
            changes.Count(c => learner(c).Seconds is null));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}

/// <summary>The geometric mean of paired ratios of times, with its 95 % interval over the changes (Student's t of the logarithms).</summary>
/// <param name="Low">The lower bound; 0 for fewer than two changes, whose spread is unknown.</param>
/// <param name="High">The upper bound; null for fewer than two changes.</param>
internal sealed record RecoveryRatio(double Mean, double Low, double? High)
{
    /// <param name="mined">Times of the learner that mines, above 0.</param>
    /// <param name="other">Times of the baseline after the same changes, above 0.</param>
    public static RecoveryRatio Of(IReadOnlyList<double> mined, IReadOnlyList<double> other)
    {
        var logarithms = mined.Zip(other, (m, o) => Math.Log(o / m)).ToList();
        var mean = logarithms.Average();
        if (logarithms.Count < 2)
            return new RecoveryRatio(Math.Exp(mean), 0, null);
        var half = StudentT.HalfWidth95(logarithms);
        return new RecoveryRatio(Math.Exp(mean), Math.Exp(mean - half), Math.Exp(mean + half));
    }
}
