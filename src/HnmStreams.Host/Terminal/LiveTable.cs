using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace HnmStreams.Host.Terminal;

/// <summary>The progress of a run as a table, for the live display.</summary>
/// <param name="width">The width of the terminal in columns. Below 100 the table has no border, so that it fits 80 columns.</param>
internal sealed class LiveTable(Uri? address, int width = LiveTable.WideWidth)
{
    private const int WideWidth = 100;
    private const int Columns = 4;
    private const int WideSparkline = 40;
    private const int NarrowSparkline = 20;

    private readonly bool _narrow = width < WideWidth;
    private readonly MetricHistory _heldOut = new(4 * WideSparkline);

    public IRenderable Render(RunSnapshot snapshot, IReadOnlyList<LogLine> log)
    {
        var parts = new List<IRenderable> { new Markup(Heading(snapshot)) };
        parts.Add(snapshot is { Description: not null, Learner: { } learner, Consumer: { } consumer } ? Body(snapshot, learner, consumer.Lag) : new Markup("starting"));
        parts.AddRange(log.Select(line => new Markup($"[yellow]{line.At:HH:mm:ss}[/] {Markup.Escape($"{line.Source}: {line.Text}")}")));
        return new Rows(parts);
    }

    private string Heading(RunSnapshot snapshot)
    {
        var about = snapshot.Description;
        var stream = about is null ? "" : $"{about.Topic} at {about.Bootstrap}" + (about.Embedded ? $" (embedded, {about.Feed})" : "");
        return $"[bold]hnm[/] {Markup.Escape(about?.Task ?? "")}  [dim]{Markup.Escape(stream)}[/]\n"
            + $"[dim]http[/] {Markup.Escape(address?.ToString() ?? "off")}   [dim]{snapshot.Phase.ToString().ToLowerInvariant()}[/] {Numbers.Clock(snapshot.Elapsed)}   [dim]Ctrl-C stops and saves[/]";
    }

    private Table Body(RunSnapshot snapshot, PipelineStatus learner, long lag)
    {
        var primary = snapshot.Description!.PrimaryMetric;
        var name = PlainLine.NameOf(primary);
        var heldOut = PlainLine.Find(learner.Evaluation.HeldOut, primary);
        var prequential = PlainLine.Find(learner.Evaluation.Prequential, primary);
        _heldOut.Add(learner.Evaluation.ModelVersion, heldOut ?? double.NaN);
        var table = new Table { Border = _narrow ? TableBorder.None : TableBorder.Rounded, ShowHeaders = false };
        for (var column = 0; column < Columns; column++)
            table.AddColumn(new TableColumn("").NoWrap().Padding(_narrow ? 0 : 1, 0, 1, 0));
        Row(table, "examples/s", Numbers.Rate(snapshot.ExamplesPerSecond), "steps", Numbers.Count(learner.Training.Steps));
        Row(table, "consumed", Numbers.Count(learner.Ranking.Stream.Consumed), "trained on", Numbers.Count(learner.Training.TrainedRows));
        Row(table, "scored", Numbers.Count(learner.Ranking.Stream.Scored), "model version", Numbers.Count(learner.Training.ModelVersion));
        Row(table, "lag", Numbers.Count(lag), "loss", Numbers.Small(learner.Training.Loss ?? double.NaN));
        Row(table, "pool", $"{Numbers.Count(learner.Ranking.Pool.Count)} ({Numbers.Bytes(learner.Ranking.Pool.Bytes)})", $"held-out {name}", Numbers.Metric(heldOut));
        Row(table, "pool threshold", Numbers.Small(learner.Ranking.Pool.Threshold ?? double.NaN), $"prequential {name}", Numbers.Metric(prequential));
        Row(table, "positives kept", Numbers.Count(learner.Ranking.PositivesKept), "mining", learner.Ranking.MiningAllowed ? "hard and random" : _narrow ? "random only so far" : "random only, not better than chance yet");
        Row(table, "dead letters", Numbers.Count(learner.Ranking.Stream.DeadLettered), $"{name} so far", Sparkline.Of(_heldOut.Values, _narrow ? NarrowSparkline : WideSparkline));
        if (learner.Baselines is { } baselines)
            AddBaselines(table, baselines);
        if (learner.MiningBudget is { } budget)
            Row(table, "scored share", Numbers.Metric(budget.ScoredShare), "hard share", Numbers.Metric(budget.HardShare));
        if (learner.OverfittingGuard is { BackoffLevel: > 0 } guard)
            Row(table, "overfitting", $"backed off by {guard.BackoffLevel}", "hard share", Numbers.Metric(guard.HardShare));
        if (learner.Training.RateFactor < 1)
            Row(table, "memorized", "rate lowered", "factor", Numbers.Small(learner.Training.RateFactor));
        if (learner.Tuning is { } tuning)
            Row(table, "challengers", Numbers.Count(tuning.Comparisons), "promoted", Numbers.Count(tuning.Promotions));
        if (learner.Training.RefusedSteps + learner.Ranking.Stream.FailedBatches > 0)
            Row(table, "failed batches", Numbers.Count(learner.Ranking.Stream.FailedBatches), "refused steps", Numbers.Count(learner.Training.RefusedSteps));
        return table;
    }

    /// <summary>Adds rows for the mined learner and its baselines: metric, cost and uplift.</summary>
    private static void AddBaselines(Table table, BaselineReport baselines)
    {
        var name = PlainLine.NameOf(baselines.Metric);
        Row(table, $"mined {name}", Result(baselines, baselines.Mined), "scoring time", Numbers.Seconds(baselines.Mined.ScoringSeconds));
        Row(table, $"random {name}", Result(baselines, baselines.Random), "uplift of mined", Markup.Escape(Numbers.Uplift(baselines.AgainstRandom)));
        Row(table, "at equal compute", Result(baselines, baselines.RandomEqualCompute), "uplift of mined", Markup.Escape(Numbers.Uplift(baselines.AgainstEqualCompute)));
    }

    private static string Result(BaselineReport baselines, LearnerPerformance performance) =>
        $"{Numbers.Metric(PlainLine.Find(performance.HeldOut, baselines.Metric))} in {Numbers.Seconds(performance.ScoringSeconds + performance.TrainingSeconds)}";

    private static void Row(Table table, string name, string value, string otherName, string otherValue) =>
        table.AddRow($"[dim]{name}[/]", $"[bold]{value}[/]", $"[dim]{otherName}[/]", $"[bold]{otherValue}[/]");
}
