using System.Globalization;
using HnmStreams.Web.Recovery;

namespace HnmStreams.Host.Compare.Recovery;

/// <summary>The lines of a comparison for a terminal. Pure.</summary>
internal static class RecoveryTable
{
    /// <summary>Returns the curves of one seed and its times.</summary>
    public static IEnumerable<string> Lines(RecoveryRun run)
    {
        foreach (var p in run.Points)
            yield return Text($"  seed {run.Seed} {p.Consumed,9:N0} consumed  mined {p.Mined.Metric:F4}  random {p.Random.Metric:F4}  at equal compute {p.RandomEqualCompute.Metric:F4}  {p.Mined.Steps} steps ({p.RandomEqualCompute.Steps}), {p.Seconds:F1} s");
        yield return Text($"seed {run.Seed}: back at {run.Result.Level:F4} after the change: mined {Time(run.Result.Mined)}, random {Time(run.Result.Random)}, at equal compute {Time(run.Result.RandomEqualCompute)}");
    }

    /// <summary>Returns the ratios over all seeds.</summary>
    public static IEnumerable<string> Lines(RecoveryReport report)
    {
        if (report is not { AgainstRandom: { } random, AgainstEqualCompute: { } equalCompute })
        {
            yield return "No learner fell below the level under any seed.";
            yield break;
        }

        yield return Text($"time to recover of random negatives, mined = 1: at equal steps {Ratio(random)}, at equal compute {Ratio(equalCompute)}; a learner that is not back counts with {report.Observed:N0} examples");
    }

    private static string Time(RecoveredLearner learner) => learner switch
    {
        { Fell: false } => Text($"did not fall (lowest {learner.Lowest:F4})"),
        { Examples: { } examples } => Text($"{examples:N0} examples (lowest {learner.Lowest:F4})"),
        _ => Text($"not back (lowest {learner.Lowest:F4})"),
    };

    private static string Ratio(RecoveryRatio ratio) => Text($"{ratio.Mean:F2}") + (ratio.High is { } high ? Text($" [{ratio.Low:F2}, {high:F2}]") : "");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
