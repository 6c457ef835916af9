using System.Globalization;

namespace HnmStreams.Host.Tune;

/// <summary>The results of a search as sentences. Pure.</summary>
internal static class TuneText
{
    /// <summary>Returns the comparison as text.</summary>
    public static string Of(TuneVerdict verdict) => Text(
        $"{verdict.Champion:F4} to {verdict.Challenger:F4}, difference {verdict.Difference:+0.0000;-0.0000} [{verdict.Difference - verdict.HalfWidth:+0.0000;-0.0000}, {verdict.Difference + verdict.HalfWidth:+0.0000;-0.0000}] over {verdict.Seeds} seeds");

    /// <summary>Returns the evidence for an accepted change, as lines of a comment.</summary>
    /// <param name="metric">The name of the metric.</param>
    public static IReadOnlyList<string> Evidence(TuneRound round, string metric) =>
    [
        $"hnm tune: {metric} on a fifth of the training part {Of(round.Verdict)} (95 % interval), against {round.Challenger.Present}.",
        "Tried " + string.Join("; ", Trials(round)) + ".",
    ];

    /// <summary>Returns the verdict, the most important sentence first.</summary>
    public static IReadOnlyList<string> Verdict(TuneResult result, string metric, string output)
    {
        var accepted = result.Accepted;
        List<string> lines =
        [
            accepted.Count == 0
                ? $"no setting was significantly better: {output} is the unchanged file"
                : $"{accepted.Count} setting{(accepted.Count == 1 ? " is" : "s are")} significantly better and written to {output}",
            .. accepted.Select(r => $"{r.Challenger.Key}: {r.Challenger.Present} to {r.Challenger.Value}: {metric} {Of(r.Verdict)}"),
        ];
        if (result.Rounds is [.., { Verdict.IsBetter: false } last])
            lines.Add($"the best other change was {last.Challenger}: {Of(last.Verdict)}");
        if (result.IsOverBudget)
            lines.Add("the budget ended before the search: run the same command with a larger --budget to continue");
        lines.Add("the intervals are over seeds, not over examples: confirm the settings on the test part with hnm compare quality");
        return lines;
    }

    // The value, and its difference from the champion's run of the same length and seed.
    private static IEnumerable<string> Trials(TuneRound round) => round.Tried
        .Where(t => string.Equals(t.Setting.Key, round.Challenger.Key, StringComparison.Ordinal))
        .GroupBy(t => t.Setting.Value, StringComparer.Ordinal)
        .Select(g => $"{g.Key}: " + string.Join(", ", g.Select(t => Text($"{t.Metric - t.Champion:+0.0000;-0.0000} after {t.Examples} examples"))));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
