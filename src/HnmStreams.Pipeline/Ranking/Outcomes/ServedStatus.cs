using HnmStreams.Evaluation.Drift;
using HnmStreams.Evaluation.Outcomes;

namespace HnmStreams.Pipeline.Ranking.Outcomes;

/// <summary>The predictions that were served against the labels that came for them later, and changes of the stream.</summary>
/// <param name="All">All outcomes of the versions below.</param>
/// <param name="Versions">The outcomes of each model version, oldest first.</param>
/// <param name="Delays">The outcomes by delay of the label, shortest first.</param>
/// <param name="MedianDelay">The time within which half of the labels come; null if the observations do not reach it.</param>
/// <param name="NinetiethDelay">The time within which 90 % of the labels come; null if the observations do not reach it.</param>
/// <param name="Error">The mean absolute error of the served probabilities, in the order in which labels arrive.</param>
/// <param name="Prediction">The mean served probability of a positive, in the order in which inputs arrive: a change of the inputs shows here before any label.</param>
public sealed record ServedStatus(
    ServedMetrics All,
    IReadOnlyList<ServedVersion> Versions,
    IReadOnlyList<ServedDelay> Delays,
    TimeSpan? MedianDelay,
    TimeSpan? NinetiethDelay,
    DriftStatus Error,
    DriftStatus Prediction);

/// <summary>Metrics of served predictions. A metric that is undefined is null. Without positives in the task, the predicted class is the positive one.</summary>
/// <param name="Count">The number of outcomes, each with the weight of its example.</param>
/// <param name="PositiveShare">The share of positives, 0 to 1.</param>
/// <param name="LogLoss">The mean negative log likelihood.</param>
/// <param name="Brier">The mean squared error of the probabilities.</param>
/// <param name="RocAuc">The area under the ROC curve.</param>
/// <param name="AveragePrecision">The average precision.</param>
/// <param name="CalibrationError">The expected calibration error.</param>
public sealed record ServedMetrics(
    double Count, double? PositiveShare, double? LogLoss, double? Brier, double? RocAuc, double? AveragePrecision, double? CalibrationError)
{
    internal static ServedMetrics Of(OutcomeMetrics metrics) => new(
        metrics.Weight,
        Defined(metrics.PositiveShare),
        Defined(metrics.LogLoss),
        Defined(metrics.Brier),
        Defined(metrics.RocAuc),
        Defined(metrics.AveragePrecision),
        Defined(metrics.CalibrationError));

    private static double? Defined(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>The outcomes of a model version.</summary>
public sealed record ServedVersion(long Version, ServedMetrics Metrics);

/// <summary>The outcomes whose label came after a time in a range.</summary>
/// <param name="To">The end of the range; null if it has none.</param>
public sealed record ServedDelay(TimeSpan From, TimeSpan? To, ServedMetrics Metrics);

/// <summary>The mean of a stream of numbers, and its last change.</summary>
/// <param name="Mean">The mean since the last change; null without values.</param>
/// <param name="Values">The number of values in this mean.</param>
/// <param name="Changes">The number of changes.</param>
/// <param name="Last">The direction of the last change.</param>
/// <param name="LastAt">The stream time at which it was found; null without one.</param>
public sealed record DriftStatus(double? Mean, long Values, long Changes, DriftDirection Last, DateTimeOffset? LastAt);
