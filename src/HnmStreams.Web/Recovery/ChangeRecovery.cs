namespace HnmStreams.Web.Recovery;

/// <summary>The recovery of the three learners from one change of the stream. All are measured by the same evaluations and against the same level.</summary>
/// <param name="Number">The number of the change, from 1.</param>
/// <param name="Examples">The examples before the change.</param>
/// <param name="AtSeconds">Seconds of the run at the change.</param>
/// <param name="Level">The level of the primary metric to return to: 95 % of the median of the three learners before the change.</param>
/// <param name="FirstEvaluation">Seconds from the change to the first evaluation of weights that are newer; null before it. No recovery can be measured faster.</param>
/// <param name="Observed">Seconds from the change to the next one, or up to now.</param>
/// <param name="Ended">True if the next change has arrived.</param>
internal sealed record ChangeRecovery(
    long Number,
    long Examples,
    double AtSeconds,
    double Level,
    double? FirstEvaluation,
    double Observed,
    bool Ended,
    LearnerRecovery Mined,
    LearnerRecovery Random,
    LearnerRecovery RandomEqualCompute);

/// <summary>The recovery of one learner from a change.</summary>
/// <param name="Lowest">The lowest value of the metric after the change; null before the first evaluation.</param>
/// <param name="Fell">True if the metric fell below the level.</param>
/// <param name="Seconds">Seconds from the change until the metric was back at the level; 0 if it never fell; null if it is not back.</param>
/// <param name="Steps">Training steps from the change until then.</param>
internal sealed record LearnerRecovery(double? Lowest, bool Fell, double? Seconds, long? Steps);
