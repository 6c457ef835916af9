using HnmStreams.Pipeline.Baselines;
using HnmStreams.Web.Recovery;

namespace HnmStreams.Host.Compare.Recovery;

/// <summary>One evaluation of the three learners.</summary>
/// <param name="Consumed">Examples consumed from the stream.</param>
/// <param name="Seconds">Seconds of scoring and training of the mined learner.</param>
internal sealed record RecoveryPoint(long Consumed, double Seconds, RecoveryValue Mined, RecoveryValue Random, RecoveryValue RandomEqualCompute)
{
    /// <summary>The evaluation for a tracker whose clock is the number of examples.</summary>
    internal RecoveryObservation Observation => new(
        Consumed, Consumed, Mined.Steps, Mined.Steps, [(Mined.Defined, Mined.Steps), (Random.Defined, Random.Steps), (RandomEqualCompute.Defined, RandomEqualCompute.Steps)]);

    public static RecoveryPoint Of(long consumed, BaselineReport report) => new(
        consumed,
        report.Mined.ScoringSeconds + report.Mined.TrainingSeconds,
        Value(report.Mined, report.Metric),
        Value(report.Random, report.Metric),
        Value(report.RandomEqualCompute, report.Metric));

    private static RecoveryValue Value(LearnerPerformance learner, string metric) => new(learner.HeldOut[metric], learner.Steps);
}

/// <summary>The metric of a learner and its training steps.</summary>
internal sealed record RecoveryValue(double Metric, long Steps)
{
    internal double? Defined => double.IsFinite(Metric) ? Metric : null;
}
