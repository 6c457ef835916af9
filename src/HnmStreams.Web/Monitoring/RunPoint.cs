using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Web.Monitoring;

/// <summary>One moment of a run. What was not defined then is null.</summary>
/// <param name="Seconds">Since the learner began.</param>
/// <param name="HeldOut">The task's primary metric on the held-out share.</param>
/// <param name="Random">The baseline's at equal steps, on the same held-out share; null where there is none.</param>
/// <param name="RandomEqualCompute">The baseline's at equal compute.</param>
/// <param name="AgainstRandom">By how much mining is ahead at equal steps, with its 95 % interval.</param>
/// <param name="Prequential">The same on the last scored examples, each scored before it was trained on.</param>
internal sealed record RunPoint(
    double Seconds,
    double ExamplesPerSecond,
    long Lag,
    double? Loss,
    double? HeldOut,
    double? Prequential,
    long Steps,
    long ModelVersion,
    double ScoringSeconds,
    double TrainingSeconds,
    double? Random = null,
    double? RandomEqualCompute = null,
    Uplift? AgainstRandom = null);
