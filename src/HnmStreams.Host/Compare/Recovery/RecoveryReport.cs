using HnmStreams.Web.Recovery;

namespace HnmStreams.Host.Compare.Recovery;

/// <summary>The report that <c>hnm compare recovery --summary</c> writes.</summary>
/// <param name="Metric">The task's primary metric on its test part; larger is better.</param>
/// <param name="After">Examples before the change.</param>
/// <param name="Every">Examples between two evaluations, which is the resolution of the times.</param>
/// <param name="Observed">Examples after the change that were observed.</param>
/// <param name="Runs">One run per seed.</param>
internal sealed record RecoveryReport(string Task, string Data, string Metric, long After, long Every, long Observed, IReadOnlyList<RecoveryRun> Runs)
{
    /// <summary>The times of the random baseline at equal steps as multiples of those of mining; null if no learner fell below the level.</summary>
    public RecoveryRatio? AgainstRandom => Ratio(static r => r.Random);

    /// <summary>The times of the random baseline at equal compute as multiples of those of mining; null if no learner fell below the level.</summary>
    public RecoveryRatio? AgainstEqualCompute => Ratio(static r => r.RandomEqualCompute);

    // A learner that is not back counts with the examples observed, which is too short: its true time is longer. No time is below the resolution.
    private RecoveryRatio? Ratio(Func<RecoveryResult, RecoveredLearner> baseline)
    {
        var counted = Runs.Select(static r => r.Result).Where(static r => r.Learners.Any(static l => l.Fell)).ToList();
        return counted.Count == 0 ? null : RecoveryRatio.Of([.. counted.Select(r => Time(r.Mined))], [.. counted.Select(r => Time(baseline(r)))]);
    }

    private double Time(RecoveredLearner learner) => Math.Max(learner.Examples ?? Observed, Every);
}

/// <summary>The result of one seed.</summary>
internal sealed record RecoveryRun(int Seed, RecoveryResult Result, IReadOnlyList<RecoveryPoint> Points);

/// <summary>The recovery of the three learners from the change, against the same level.</summary>
/// <param name="Level">The level to return to: 95 % of the median of the three learners before the change.</param>
internal sealed record RecoveryResult(double Level, RecoveredLearner Mined, RecoveredLearner Random, RecoveredLearner RandomEqualCompute)
{
    internal IEnumerable<RecoveredLearner> Learners => [Mined, Random, RandomEqualCompute];

    /// <summary>Returns the result of a tracker whose clock is the number of examples.</summary>
    public static RecoveryResult Of(ChangeRecovery recovery) => new(recovery.Level, Learner(recovery.Mined), Learner(recovery.Random), Learner(recovery.RandomEqualCompute));

    private static RecoveredLearner Learner(LearnerRecovery learner) => new(learner.Lowest, learner.Fell, learner.Seconds, learner.Steps);
}

/// <summary>The recovery of one learner.</summary>
/// <param name="Lowest">The lowest value of the metric after the change.</param>
/// <param name="Fell">True if the metric fell below the level.</param>
/// <param name="Examples">Examples from the change until the metric was back at the level; 0 if it never fell; null if it was not back at the end.</param>
/// <param name="Steps">Training steps from the change until then.</param>
internal sealed record RecoveredLearner(double? Lowest, bool Fell, double? Examples, long? Steps);
