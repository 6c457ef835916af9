using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Budget;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>A comparison of the mined learner with the baselines, which began with the same weights, on the same held-out examples.</summary>
/// <param name="Metric">The task's primary metric, in which the uplift is measured. Larger is better.</param>
/// <param name="Mined">The mined learner.</param>
/// <param name="Random">The baseline with the same steps and positives, and random negatives.</param>
/// <param name="RandomEqualCompute">The same with extra steps for the seconds that scoring took.</param>
/// <param name="AgainstRandom">The uplift of the mined learner over random; null if the metric is not defined yet.</param>
/// <param name="AgainstEqualCompute">The uplift of the mined learner over random at equal compute; null if the metric is not defined yet.</param>
/// <param name="ModelVersion">The version of the mined learner that was evaluated.</param>
/// <param name="AgainstRandomOnTest">The uplift over random on the user's labeled set at the last request; null if none exists.</param>
/// <param name="AgainstEqualComputeOnTest">The uplift over random at equal compute on the user's labeled set at the last request; null if none exists.</param>
public sealed record BaselineReport(
    string Metric,
    LearnerPerformance Mined,
    LearnerPerformance Random,
    LearnerPerformance RandomEqualCompute,
    Uplift? AgainstRandom,
    Uplift? AgainstEqualCompute,
    long ModelVersion,
    Uplift? AgainstRandomOnTest = null,
    Uplift? AgainstEqualComputeOnTest = null)
{
    /// <summary>Returns the figures that the mining budget depends on.</summary>
    internal BudgetObservation ToObservation(bool miningAllowed)
    {
        var extraSeconds = RandomEqualCompute.TrainingSeconds - Random.TrainingSeconds;
        var random = Random.HeldOut.GetValueOrDefault(Metric, double.NaN);
        var equal = RandomEqualCompute.HeldOut.GetValueOrDefault(Metric, double.NaN);
        return new BudgetObservation(
            AgainstEqualCompute,
            Mined.ScoringSeconds > 0 && AgainstRandom is { } uplift ? uplift.Mean / Mined.ScoringSeconds : double.NaN,
            extraSeconds > 0 ? (equal - random) / extraSeconds : double.NaN,
            miningAllowed);
    }
}
