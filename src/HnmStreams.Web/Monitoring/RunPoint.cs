using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Web.Monitoring;

/// <summary>A point of the run's history. A value that was undefined at that time is null.</summary>
/// <param name="Seconds">Seconds since the learner started. They begin again after a restart; the wall-clock time does not.</param>
/// <param name="HeldOut">The primary metric on held-out examples.</param>
/// <param name="Prequential">The primary metric on the last scored examples, each scored before it was trained on.</param>
/// <param name="Random">The metric of the random baseline at equal steps, on the same held-out examples; null without baselines.</param>
/// <param name="RandomEqualCompute">The metric of the random baseline at equal compute.</param>
/// <param name="AgainstRandom">The difference between mining and the random baseline at equal steps, with its 95 % interval.</param>
/// <param name="EvaluatedVersion">The model version that the held-out metrics belong to; null before the first evaluation.</param>
/// <param name="ComparedSteps">Steps of the models compared; null without baselines.</param>
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
    Uplift? AgainstRandom = null,
    long? EvaluatedVersion = null,
    long? ComparedSteps = null)
{
    /// <summary>The wall-clock time of the sample.</summary>
    public DateTimeOffset At { get; init; }
}
