using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace HnmStreams.Host.Terminal;

/// <summary>A run as the live display shows it.</summary>
internal sealed class LiveTable(Uri? pages)
{
    private const int SparkWidth = 40;

    private readonly MetricHistory _heldOut = new(4 * SparkWidth);

    public IRenderable Render(RunSnapshot picture, IReadOnlyList<LogLine> log)
    {
        var parts = new List<IRenderable> { new Markup(Heading(picture)) };
        parts.Add(picture is { Description: not null, Learner: { } learner, Consumer: { } consumer } ? Body(picture, learner, consumer.Lag) : new Markup("starting"));
        parts.AddRange(log.Select(line => new Markup($"[yellow]{line.At:HH:mm:ss}[/] {Markup.Escape($"{line.Source}: {line.Text}")}")));
        return new Rows(parts);
    }

    private string Heading(RunSnapshot picture)
    {
        var about = picture.Description;
        var stream = about is null ? "" : $"{about.Topic} at {about.Bootstrap}" + (about.Embedded ? $" (embedded, {about.Feed})" : "");
        return $"[bold]hnm[/] {Markup.Escape(about?.Task ?? "")}  [dim]{Markup.Escape(stream)}[/]\n"
            + $"[dim]pages[/] {Markup.Escape(pages?.ToString() ?? "off")}   [dim]{picture.Phase.ToString().ToLowerInvariant()}[/] {Numbers.Clock(picture.Elapsed)}   [dim]Ctrl-C stops and saves[/]";
    }

    private Table Body(RunSnapshot picture, PipelineStatus learner, long lag)
    {
        var primary = picture.Description!.PrimaryMetric;
        var name = PlainLine.NameOf(primary);
        var heldOut = PlainLine.Find(learner.Evaluation.HeldOut, primary);
        var prequential = PlainLine.Find(learner.Evaluation.Prequential, primary);
        _heldOut.Add(learner.Evaluation.ModelVersion, heldOut ?? double.NaN);
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false };
        table.AddColumns(new TableColumn("").NoWrap(), new TableColumn("").NoWrap(), new TableColumn("").NoWrap(), new TableColumn("").NoWrap());
        Row(table, "examples/s", Numbers.Rate(picture.ExamplesPerSecond), "steps", Numbers.Count(learner.Training.Steps));
        Row(table, "consumed", Numbers.Count(learner.Ranking.Stream.Consumed), "trained on", Numbers.Count(learner.Training.TrainedRows));
        Row(table, "scored", Numbers.Count(learner.Ranking.Stream.Scored), "model version", Numbers.Count(learner.Training.ModelVersion));
        Row(table, "lag", Numbers.Count(lag), "loss", Numbers.Small(learner.Training.Loss ?? double.NaN));
        Row(table, "pool", $"{Numbers.Count(learner.Ranking.Pool.Count)} ({Numbers.Bytes(learner.Ranking.Pool.Bytes)})", $"held-out {name}", Numbers.Metric(heldOut));
        Row(table, "pool threshold", Numbers.Small(learner.Ranking.Pool.Threshold ?? double.NaN), $"prequential {name}", Numbers.Metric(prequential));
        Row(table, "positives kept", Numbers.Count(learner.Ranking.PositivesKept), "mining", learner.Ranking.MiningAllowed ? "hard and random" : "random until better than chance");
        Row(table, "dead letters", Numbers.Count(learner.Ranking.Stream.DeadLettered), $"{name} so far", Sparkline.Of(_heldOut.Values, SparkWidth));
        if (learner.Baselines is { } control)
            Compare(table, control);
        if (learner.MiningBudget is { } cost)
            Row(table, "scored share", Numbers.Metric(cost.ScoredShare), "hard share", Numbers.Metric(cost.HardShare));
        if (learner.OverfittingGuard is { BackoffSteps: > 0 } easing)
            Row(table, "past its best", $"eased off by {easing.BackoffSteps}", "hard share", Numbers.Metric(easing.HardShare));
        if (learner.Training.RefusedSteps + learner.Ranking.Stream.FailedBatches > 0)
            Row(table, "failed batches", Numbers.Count(learner.Ranking.Stream.FailedBatches), "refused steps", Numbers.Count(learner.Training.RefusedSteps));
        return table;
    }

    /// <summary>Mined, random, and random at equal compute: what they came to, what it cost, by how much mining is ahead.</summary>
    private static void Compare(Table table, BaselineReport control)
    {
        var name = PlainLine.NameOf(control.Metric);
        Row(table, $"mined {name}", Standing(control, control.Mined), "of it scoring", Numbers.Seconds(control.Mined.ScoringSeconds));
        Row(table, $"random {name}", Standing(control, control.Random), "mined is ahead by", Markup.Escape(Numbers.Uplift(control.AgainstRandom)));
        Row(table, "at equal compute", Standing(control, control.RandomEqualCompute), "mined is ahead by", Markup.Escape(Numbers.Uplift(control.AgainstEqualCompute)));
    }

    private static string Standing(BaselineReport control, LearnerPerformance standing) =>
        $"{Numbers.Metric(PlainLine.Find(standing.HeldOut, control.Metric))} in {Numbers.Seconds(standing.ScoringSeconds + standing.TrainingSeconds)}";

    private static void Row(Table table, string name, string value, string otherName, string otherValue) =>
        table.AddRow($"[dim]{name}[/]", $"[bold]{value}[/]", $"[dim]{otherName}[/]", $"[bold]{otherValue}[/]");
}
