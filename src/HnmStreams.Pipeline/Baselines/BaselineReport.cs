using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Budget;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>Whether mining is worth it: three learners that began with the same weights, judged on the same held-out examples.</summary>
/// <param name="Metric">The task's primary metric, which the uplift is measured in; larger is better.</param>
/// <param name="Mined">The learner itself.</param>
/// <param name="Random">The same steps with the same positives; negatives drawn at random.</param>
/// <param name="RandomEqualCompute">The same again, and the seconds that scoring took as further steps.</param>
/// <param name="AgainstRandom">Mined less random; null where the metric is not defined yet.</param>
/// <param name="AgainstEqualCompute">Mined less random at equal compute; null where the metric is not defined yet.</param>
/// <param name="ModelVersion">The mined learner's version that was judged.</param>
/// <param name="AgainstRandomOnTest">The same on the user's labelled set when it was last asked for; null where there is none.</param>
/// <param name="AgainstEqualComputeOnTest">The same on the user's labelled set when it was last asked for; null where there is none.</param>
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
