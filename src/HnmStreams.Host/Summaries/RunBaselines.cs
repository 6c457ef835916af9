using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Summaries;

/// <summary>What learners came to that draw their negatives at random, on the same held-out examples.</summary>
internal sealed record RunBaselines(RunBaseline Random, RunBaseline RandomEqualCompute)
{
    public static RunBaselines? Of(BaselineReport? report) =>
        report is null ? null : new RunBaselines(RunBaseline.Of(report.Random), RunBaseline.Of(report.RandomEqualCompute));
}

/// <param name="AveragePrecision">Null where the task has none, or it is not defined.</param>
/// <param name="Seconds">Compute seconds of its training; the mined learner's are those of <c>seconds</c>, scoring and training.</param>
internal sealed record RunBaseline(double? AveragePrecision, long Steps, double Seconds)
{
    public static RunBaseline Of(LearnerPerformance standing) => new(
        standing.HeldOut.TryGetValue(RunEvaluation.AveragePrecision, out var value) ? Finite.OrNull(value) : null,
        standing.Steps,
        standing.TrainingSeconds);
}

/// <summary>By how much the mined learner is ahead of the random one at equal steps, with the 95 % interval.</summary>
/// <param name="Metric">The task's primary metric.</param>
/// <param name="AtEqualCompute">The same against the random learner that had the seconds of scoring as further steps.</param>
internal sealed record RunUplift(string Metric, double Mean, double Low, double High, Uplift? AtEqualCompute)
{
    public static RunUplift? Of(BaselineReport? report) =>
        report?.AgainstRandom is { } uplift ? new RunUplift(report.Metric, uplift.Mean, uplift.Low, uplift.High, report.AgainstEqualCompute) : null;
}
