using HnmStreams.Evaluation.Comparing;
using HnmStreams.Host.Summaries;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Host.Terminal;

/// <summary>The lines that a run prints at its end.</summary>
internal static class FinalLines
{
    private const int MaxReasons = 5;

    public static string Of(RunSummary summary)
    {
        var lines = new List<string>
        {
            $"{summary.Outcome}: {Numbers.Count(summary.Ranking.Stream.Consumed)} examples in {summary.Seconds.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)} s"
                + $" ({Numbers.Rate(summary.ExamplesPerSecond)}/s), {Numbers.Count(summary.Training.Steps)} steps on {Numbers.Count(summary.Training.TrainedRows)} examples, model version {summary.Training.ModelVersion}",
            $"  held-out     {Metrics(summary.Evaluation.HeldOut)}",
            $"  prequential  {Metrics(summary.Evaluation.Prequential)}",
        };
        if (summary.Evaluation.Test is { } test)
            lines.Add($"  test         {Metrics(test)}");
        if (summary is { Baselines: { } baselines, Uplift: { } uplift })
        {
            lines.Add($"  uplift       {Numbers.Uplift(new Uplift(uplift.Mean, uplift.Low, uplift.High))} {uplift.Metric} against random negatives at equal steps, {Numbers.Uplift(uplift.AtEqualCompute)} at equal compute");
            lines.Add($"  cost         scoring {Numbers.Seconds(summary.Scoring.Seconds)} and training {Numbers.Seconds(summary.Training.Seconds)}; random {Numbers.Seconds(baselines.Random.Seconds)}, at equal compute {Numbers.Seconds(baselines.RandomEqualCompute.Seconds)}");
        }

        if (summary.Scoring.Latency is { } latency)
            lines.Add($"  latency      {LatencySentence.Short(latency.Total)} from arrival to prediction");
        if (summary.Model is { } model)
            lines.Add($"  model        {model}");
        if (summary.Saved is { } saved && saved.Version != summary.Training.ModelVersion)
            lines.Add($"               version {saved.Version} instead of {summary.Training.ModelVersion}, the best evaluated version{(saved.Why is { } why ? $" ({why})" : "")}");
        lines.AddRange(summary.Rejections.Take(MaxReasons).Select((reason, i) =>
            $"{(i == 0 ? "  rejected     " : "               ")}{Numbers.Count(reason.Count)} {reason.Reason}, for example {reason.Example}: {reason.Detail}"));
        if (summary.Verdict is { } verdict)
            lines.Add($"  verdict      {verdict.Sentence}");
        return string.Join(Environment.NewLine, lines);
    }

    private static string Metrics(IReadOnlyDictionary<string, double?> metrics) =>
        string.Join("  ", metrics.Where(m => m.Value is not null).Select(m => $"{m.Key} {Numbers.Metric(m.Value)}").DefaultIfEmpty("not available yet"));
}
