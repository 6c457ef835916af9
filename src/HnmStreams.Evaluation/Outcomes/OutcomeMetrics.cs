namespace HnmStreams.Evaluation.Outcomes;

/// <summary>Metrics of served predictions whose labels are known. A metric that is undefined is NaN.</summary>
/// <param name="Weight">Weight of the outcomes, which is their number if all weigh 1.</param>
/// <param name="PositiveShare">Share of positives, 0 to 1.</param>
/// <param name="LogLoss">Mean negative log likelihood of the labels.</param>
/// <param name="Brier">Mean squared difference of probability and label.</param>
/// <param name="RocAuc">Area under the ROC curve.</param>
/// <param name="AveragePrecision">Average precision.</param>
/// <param name="CalibrationError">Expected calibration error: the mean difference of probability and share of positives over the ranges of probability.</param>
public sealed record OutcomeMetrics(
    double Weight, double PositiveShare, double LogLoss, double Brier, double RocAuc, double AveragePrecision, double CalibrationError);
