using System.Globalization;
using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>The conclusions from the curves as sentences: whether mining pays off on this data set, and if not, why. Pure.</summary>
/// <remarks>
/// A difference counts if it exceeds <see cref="MinDifference"/> and its 95 % interval, paired by seed, excludes 0. One seed is no evidence.
/// </remarks>
internal static class QualityVerdict
{
    // A difference of 0.01 is within the noise of the settings, whatever the seeds say. Half of it is worth mentioning.
    private const double MinDifference = 0.005;

    // Above this metric the data set leaves no room for improvement.
    private const double SolvedMetric = 0.995;

    // Up to this number of passes over a data set, most of its examples still contribute.
    private const double MaxPassesStillUseful = 4;

    // A smaller ratio is within the noise of the interpolation.
    private const double MinRatioToRandom = 1.5;

    // A saving of this factor needs no explanation.
    private const double LargeSaving = 10;

    /// <summary>Returns the conclusions, most important first.</summary>
    public static IReadOnlyList<string> Of(QualityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.UniformBest is <= 0)
            return [Text($"nothing can be compared: training on everything has learned nothing (best {report.Metric} 0); take more examples (--budgets) or another learning rate (--rate-factors)")];
        return
        [
            .. Saving(report),
            .. Seconds(report),
            .. Random(report),
            .. report.Methods.Select(m => PastBest(m.Key, m.Value.Points)).OfType<string>(),
            .. BelowRandom(report),
            .. report.Seeds == 1 ? ["one seed is no evidence of a difference between methods; take at least three (--seeds)"] : (string[])[],
        ];
    }

    private static IEnumerable<string> Saving(QualityReport report)
    {
        if (report.UniformBest is not { } best || report.LossTermsToReach99(QualityMethod.Uniform) is not { } uniform || !report.Methods.TryGetValue(QualityMethod.Mined, out var curve))
            yield break;
        var mined = report.LossTermsToReach99(QualityMethod.Mined);
        yield return mined is { } rows && rows > 0
            ? Text($"mined reaches 99 % of uniform's best with 1/{uniform / rows:0.#} of the examples")
            : mined is not null
                ? "mined is at 99 % of uniform's best before it has trained: the metric does not depend on learning"
                : Text($"mined does not reach 99 % of uniform's best: {curve.Points.Max(p => p.Mean):0.000} of {best:0.000} after {curve.Points[^1].LossTerms:N0}");
        if (best >= SolvedMetric)
            yield return Text($"the data set is nearly solved: uniform already reaches {best:0.000}");
        if (mined is { } trained && uniform / trained >= LargeSaving)
            yield break;
        var passes = QualityReport.Reach(report.Methods[QualityMethod.Uniform].Points, QualityReport.ReachedShare * best, p => p.Consumed) / report.SetSize;
        if (passes is > 0 and <= MaxPassesStillUseful)
            yield return Text($"few examples can be skipped: training on everything needs only {passes:0.0} passes over the data set's {report.SetSize:N0} examples");
    }

    private static IEnumerable<string> Seconds(QualityReport report)
    {
        if (SecondsTo99(report, QualityMethod.Uniform) is { } uniform and > 0 && SecondsTo99(report, QualityMethod.Mined) is { } mined and > 0)
            yield return Text($"in seconds of scoring, ranking and training: mined {mined:0.0}, uniform {uniform:0.0}") + (SecondsTo99(report, QualityMethod.Random) is { } random ? Text($", random {random:0.0}") : "");
    }

    private static double? SecondsTo99(QualityReport report, string method) =>
        report.Costs.TryGetValue(method, out var costs) && costs.Count > 0 ? costs[^1].Seconds : null;

    private static IEnumerable<string> Random(QualityReport report)
    {
        if (report.LossTermsToReach99(QualityMethod.Mined) is not ({ } mined and > 0) || !report.Methods.ContainsKey(QualityMethod.Random))
            yield break;
        yield return report.LossTermsToReach99(QualityMethod.Random) switch
        {
            { } random when random <= MinRatioToRandom * mined => Text($"random negatives reach it after {random:N0} and mined negatives after {mined:N0}: hardness adds little here and barely pays for scoring"),
            { } random => Text($"random negatives need {random / mined:0.#} times as many: hardness makes the difference"),
            null => "random negatives do not reach it: hardness makes the difference",
        };
    }

    private static string? PastBest(string method, IReadOnlyList<QualityPoint> points)
    {
        var (best, last) = (points.MaxBy(p => p.Mean)!, points[^1]);
        return IsBeyondNoise(best, last)
            ? Text($"{method} is past its best: {best.Mean:0.000} after {best.LossTerms:N0}, {last.Mean:0.000} after {last.LossTerms:N0}; train less, or raise pipeline.evaluation.heldOutShare so that the best version is detected and promoted")
            : null;
    }

    private static IEnumerable<string> BelowRandom(QualityReport report)
    {
        if (!report.Methods.TryGetValue(QualityMethod.Mined, out var mined) || !report.Methods.TryGetValue(QualityMethod.Random, out var random))
            yield break;
        var worst = mined.Points.Zip(random.Points).MaxBy(pair => pair.Second.Mean - pair.First.Mean);
        if (!IsBeyondNoise(worst.Second, worst.First))
            yield break;
        // A method that has fallen from its own best has memorized its examples. That is no sign of wrong labels.
        var advice = PastBest(QualityMethod.Mined, mined.Points) is null
            ? "; if labels may be wrong, pipeline.retention.labelNoise.minVisits=8 quarantines them"
            : "; it has fallen from its own best";
        yield return Text($"mined is below random after {worst.First.Consumed:N0} consumed: {worst.First.Mean:0.000} and {worst.Second.Mean:0.000}") + advice;
    }

    private static bool IsBeyondNoise(QualityPoint higher, QualityPoint lower)
    {
        if (higher.PerSeed.Count < 2 || higher.PerSeed.Count != lower.PerSeed.Count)
            return false;
        var differences = higher.PerSeed.Zip(lower.PerSeed, (a, b) => a - b).ToList();
        return differences.Average() > Math.Max(MinDifference, StudentT.HalfWidth95(differences));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
