using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Summaries;

/// <summary>The results of the baselines, which draw their negatives at random, on the same held-out examples.</summary>
internal sealed record RunBaselines(RunBaseline Random, RunBaseline RandomEqualCompute)
{
    public static RunBaselines? Of(BaselineReport? report) =>
        report is null ? null : new RunBaselines(RunBaseline.Of(report.Random), RunBaseline.Of(report.RandomEqualCompute));
}

/// <summary>The result of one baseline.</summary>
/// <param name="AveragePrecision">Null if the task does not have it, or if it is undefined.</param>
/// <param name="Seconds">Compute seconds of its training. Those of the mined learner are in <c>seconds</c> (scoring and training).</param>
internal sealed record RunBaseline(double? AveragePrecision, long Steps, double Seconds)
{
    public static RunBaseline Of(LearnerPerformance performance) => new(
        performance.HeldOut.TryGetValue(RunEvaluation.AveragePrecision, out var value) ? Finite.OrNull(value) : null,
        performance.Steps,
        performance.TrainingSeconds);
}

/// <summary>The uplift of the mined learner over the random baseline at equal steps, with the 95 % interval.</summary>
/// <param name="Metric">The task's primary metric.</param>
/// <param name="AtEqualCompute">The uplift over the random baseline at equal compute, which spends the scoring time on more steps.</param>
internal sealed record RunUplift(string Metric, double Mean, double Low, double High, Uplift? AtEqualCompute)
{
    public static RunUplift? Of(BaselineReport? report) =>
        report?.AgainstRandom is { } uplift ? new RunUplift(report.Metric, uplift.Mean, uplift.Low, uplift.High, report.AgainstEqualCompute) : null;
}
