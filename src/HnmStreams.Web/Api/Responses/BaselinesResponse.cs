using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary>A <see cref="BaselineReport"/> for JSON: undefined numbers are null.</summary>
internal sealed record BaselinesResponse(
    string Metric,
    LearnerPerformanceResponse Mined,
    LearnerPerformanceResponse Random,
    LearnerPerformanceResponse RandomEqualCompute,
    Uplift? AgainstRandom,
    Uplift? AgainstEqualCompute,
    long ModelVersion)
{
    public static BaselinesResponse? Of(BaselineReport? report) => report is null
        ? null
        : new BaselinesResponse(
            report.Metric,
            LearnerPerformanceResponse.Of(report.Mined),
            LearnerPerformanceResponse.Of(report.Random),
            LearnerPerformanceResponse.Of(report.RandomEqualCompute),
            report.AgainstRandom,
            report.AgainstEqualCompute,
            report.ModelVersion);
}

/// <summary>A <see cref="LearnerPerformance"/> for JSON: undefined metrics are null.</summary>
internal sealed record LearnerPerformanceResponse(
    IReadOnlyDictionary<string, double?> HeldOut, long Steps, long TrainedRows, double ScoringSeconds, double TrainingSeconds)
{
    public static LearnerPerformanceResponse Of(LearnerPerformance performance) => new(
        performance.HeldOut.ToDictionary(m => m.Key, m => Finite.OrNull(m.Value), StringComparer.Ordinal),
        performance.Steps,
        performance.TrainedRows,
        performance.ScoringSeconds,
        performance.TrainingSeconds);
}
