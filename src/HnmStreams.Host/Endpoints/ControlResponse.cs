using HnmStreams.Evaluation.Comparing;
using HnmStreams.Host.Summaries;
using HnmStreams.Pipeline.Control;

namespace HnmStreams.Host.Endpoints;

/// <summary>A <see cref="ControlReport"/> in JSON: a number that is not defined yet is null.</summary>
internal sealed record ControlResponse(
    string Metric,
    StandingResponse Mined,
    StandingResponse Random,
    StandingResponse RandomEqualCompute,
    Uplift? AgainstRandom,
    Uplift? AgainstEqualCompute,
    long ModelVersion)
{
    public static ControlResponse? Of(ControlReport? report) => report is null
        ? null
        : new ControlResponse(
            report.Metric,
            StandingResponse.Of(report.Mined),
            StandingResponse.Of(report.Random),
            StandingResponse.Of(report.RandomEqualCompute),
            report.AgainstRandom,
            report.AgainstEqualCompute,
            report.ModelVersion);
}

/// <summary>A <see cref="LearnerStanding"/> in JSON.</summary>
internal sealed record StandingResponse(
    IReadOnlyDictionary<string, double?> HeldOut, long Steps, long Backpropagated, double ScoringSeconds, double TrainingSeconds)
{
    public static StandingResponse Of(LearnerStanding standing) => new(
        standing.HeldOut.ToDictionary(m => m.Key, m => Finite.OrNull(m.Value), StringComparer.Ordinal),
        standing.Steps,
        standing.Backpropagated,
        standing.ScoringSeconds,
        standing.TrainingSeconds);
}
