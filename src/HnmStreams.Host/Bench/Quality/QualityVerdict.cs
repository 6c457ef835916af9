using System.Globalization;

namespace HnmStreams.Host.Bench.Quality;

/// <summary>What the curves say in words: whether mining pays on this set, and where it does not, why. Pure.</summary>
/// <remarks>A difference counts where it is beyond twice its standard error over the seeds and beyond <see cref="Least"/>; with one seed only the latter can be asked.</remarks>
internal static class QualityVerdict
{
    // The last hundredth is noise of the settings, whatever the seeds say; half of it is worth a word.
    private const double Least = 0.005;

    private const double Solved = 0.995;

    // What the same examples teach when they come again; up to so many times most of them still teach.
    private const double FewPasses = 4;

    // Less is within what the choice of a batch's size moves.
    private const double AsMany = 1.5;

    private const double Aim = 10;

    public static IReadOnlyList<string> Of(QualityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return [.. Saving(report), .. Random(report), .. report.Methods.Select(m => PastBest(m.Key, m.Value.Points, report.Seeds)).OfType<string>(), .. BelowRandom(report)];
    }

    private static IEnumerable<string> Saving(QualityReport report)
    {
        if (report.UniformBest is not { } best || report.BackpropagatedToReach99[QualityMethod.Uniform] is not { } uniform || !report.Methods.TryGetValue(QualityMethod.Mined, out var curve))
            yield break;
        var mined = report.BackpropagatedToReach99[QualityMethod.Mined];
        yield return mined is { } rows
            ? Text($"mined reaches 99 % of uniform's best with 1/{uniform / rows:0.#} of the examples")
            : Text($"mined does not reach 99 % of uniform's best: {curve.Points.Max(p => p.Mean):0.000} of {best:0.000} after {curve.Points[^1].TrainedRows:N0}");
        if (best >= Solved)
            yield return Text($"the set is all but solved: nothing is left above {best:0.000}");
        if (mined is { } few && uniform / few >= Aim)
            yield break;
        var passes = QualityReport.Reach(report.Methods[QualityMethod.Uniform].Points, QualityReport.Share * best, p => p.Consumed) / report.SetSize;
        if (passes is <= FewPasses)
            yield return Text($"little can be left out: training on everything needs only {passes:0.0} passes over the set's {report.SetSize:N0} examples, so most of them still teach");
    }

    private static IEnumerable<string> Random(QualityReport report)
    {
        if (report.BackpropagatedToReach99.GetValueOrDefault(QualityMethod.Mined) is not { } mined || !report.Methods.ContainsKey(QualityMethod.Random))
            yield break;
        yield return report.BackpropagatedToReach99[QualityMethod.Random] switch
        {
            { } random when random <= AsMany * mined => Text($"random negatives reach it after {random:N0}, mined ones after {mined:N0}: hardness adds little here, and scoring is hardly earned back"),
            { } random => Text($"random negatives need {random / mined:0.#} times as many: hardness is what helps"),
            null => "random negatives do not reach it: hardness is what helps",
        };
    }

    private static string? PastBest(string method, IReadOnlyList<QualityPoint> points, int seeds)
    {
        var (best, last) = (points.MaxBy(p => p.Mean)!, points[^1]);
        return IsBeyondNoise(best, last, seeds)
            ? Text($"{method} is past its best: {best.Mean:0.000} after {best.TrainedRows:N0}, {last.Mean:0.000} after {last.TrainedRows:N0}; train less, or hold out a share, or a larger one (pipeline.evaluation.heldOutShare), by which the best version is told and given out")
            : null;
    }

    private static IEnumerable<string> BelowRandom(QualityReport report)
    {
        if (!report.Methods.TryGetValue(QualityMethod.Mined, out var mined) || !report.Methods.TryGetValue(QualityMethod.Random, out var random))
            yield break;
        var worst = mined.Points.Zip(random.Points).MaxBy(pair => pair.Second.Mean - pair.First.Mean);
        if (IsBeyondNoise(worst.Second, worst.First, report.Seeds))
            yield return Text($"mined is below random after {worst.First.Consumed:N0} consumed: {worst.First.Mean:0.000} and {worst.Second.Mean:0.000}; where labels are doubtful, pipeline.retention.labelNoise.minimumVisits=8 sets the wrong ones aside");
    }

    private static bool IsBeyondNoise(QualityPoint higher, QualityPoint lower, int seeds) =>
        higher.Mean - lower.Mean > Math.Max(Least, 2 * Math.Sqrt(((higher.Sd * higher.Sd) + (lower.Sd * lower.Sd)) / seeds));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
