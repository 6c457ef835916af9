using HnmStreams.Host.Summaries;
using HnmStreams.Host.Terminal;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Monitoring;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace HnmStreams.Host.Tests.Terminal;

public class DisplayTests
{
    [Fact]
    public void The_plain_line_shows_the_progress() => Assert.Equal(
        "00:01:01 consumed 1,000 (12,346/s) steps 2 version 7 loss - held-out AP 0.750 prequential AP 0.500 pool 12 above - lag 10 dead letters 3",
        PlainLine.Of(RunStates.Snapshot));

    [Fact]
    public void The_plain_line_shows_problems_and_the_phase()
    {
        var learner = RunStates.StatusWith(RunStates.Status.Ranking.Stream with { FailedBatches = 1 }) with
        {
            Training = RunStates.Status.Training with { RefusedSteps = 2 },
        };
        var line = PlainLine.Of(RunStates.Snapshot with { Learner = learner, Phase = RunPhase.Draining });
        Assert.EndsWith("refused steps 2 failed batches 1 (draining)", line, StringComparison.Ordinal);
        Assert.Equal("00:00:00 starting", PlainLine.Of(new RunSnapshot(RunPhase.Starting, null, default, 0, null, null)));
    }

    [Fact]
    public void Shows_uplift_and_compute_time_with_baselines()
    {
        var snapshot = RunStates.Snapshot with { Learner = RunStates.Status with { Baselines = RunStates.Baselines, MiningBudget = RunStates.MiningBudget } };
        Assert.EndsWith(
            " mined 0.750 random - uplift +0.250 [+0.125, +0.375] random at equal compute 0.500 uplift - scoring 0.5 s training 0.3 s scored share 0.250",
            PlainLine.Of(snapshot),
            StringComparison.Ordinal);
        var output = new StringWriter();
        var terminal = TestContexts.NoTerminal(output);
        terminal.Profile.Width = 200;
        terminal.Write(new LiveTable(null).Render(snapshot, []));
        foreach (var part in (string[])["+0.250 [+0.125, +0.375]", "0.750 in 0.8 s", "0.500 in 0.6 s"])
            Assert.Contains(part, output.ToString(), StringComparison.Ordinal);
        var last = FinalLines.Of(RunSummary.Of("completed", "images", 1, snapshot.Learner!, RunStates.Evaluation, TimeSpan.FromSeconds(10), null));
        Assert.Contains("+0.250 [+0.125, +0.375] averagePrecision against random", last, StringComparison.Ordinal);
    }

    [Fact]
    public void The_live_table_shows_the_progress_and_escapes_text()
    {
        var output = new StringWriter();
        var terminal = TestContexts.NoTerminal(output);
        terminal.Profile.Width = 200;
        var line = new LogLine(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), LogLevel.Warning, "Broker", "[red] is not markup [/]");
        terminal.Write(new LiveTable(new Uri("http://127.0.0.1:8088")).Render(RunStates.Snapshot, [line]));
        var shown = output.ToString();
        foreach (var part in (string[])["12,346", "1,000", "0.750", "0.500", "127.0.0.1:9092", "seed [1]", "http://127.0.0.1:8088/", "03:04:05 Broker: [red] is not markup [/]"])
            Assert.Contains(part, shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void The_live_table_fits_the_terminal(int width)
    {
        var status = RunStates.Status with { Baselines = RunStates.Baselines, MiningBudget = RunStates.MiningBudget };
        var many = RunStates.Snapshot with
        {
            Learner = status with { Ranking = status.Ranking with { MiningAllowed = false, Pool = status.Ranking.Pool with { Count = 100_000, Bytes = 999_900_000 } } },
            Description = RunStates.Description with { PrimaryMetric = "averagePrecision" },
        };
        var output = new StringWriter();
        var terminal = TestContexts.NoTerminal(output);
        terminal.Profile.Width = width;
        terminal.Write(new LiveTable(null, width).Render(many, []));
        var table = output.ToString().Split('\n').Skip(2).ToList();
        Assert.All(table, line => Assert.InRange(line.TrimEnd().Length, 0, width));
        foreach (var part in (string[])["100,000 (953.6 MiB)", "+0.250 [+0.125, +0.375]", "random only", "at equal compute"])
            Assert.Contains(table, line => line.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void A_sparkline_shows_lowest_to_highest_and_ends_with_the_newest()
    {
        Assert.Equal("▁▄█", Sparkline.Of([0, 0.5, 1], 40));
        Assert.Equal("", Sparkline.Of([], 40));
        var downsampled = Sparkline.Of([.. Enumerable.Range(0, 500).Select(i => i / 499.0)], 40);
        Assert.Equal(40, downsampled.Length);
        Assert.Equal('▁', downsampled[0]);
        Assert.Equal('█', downsampled[^1]);
        Assert.Equal("▁ █", Sparkline.Of([-3, double.NaN, 7], 3));
    }

    [Fact]
    public void A_history_is_bounded_and_covers_the_whole_run()
    {
        var history = new MetricHistory(64);
        for (var version = 0; version < 10_000; version++)
        {
            history.Add(version, version / 10_000.0);
            history.Add(version, 0.5);
        }

        Assert.InRange(history.Values.Count, 16, 64);
        Assert.Equal(history.Values.Order(), history.Values);
        Assert.True(history.Values[0] < 0.1 && history.Values[^1] > 0.9, $"{history.Values[0]} to {history.Values[^1]}");
    }

    [Fact]
    public void The_recent_log_keeps_the_newest_warnings()
    {
        using var log = new RecentLog(2, new FakeTimeProvider());
        var logger = log.CreateLogger("HnmStreams.Kafka.RecordConsumer");
        logger.Log(LogLevel.Information, default, "quiet", null, (text, _) => text);
        foreach (var message in (string[])["a", "b", "c"])
            logger.Log(LogLevel.Warning, default, message, null, (text, _) => text);
        Assert.Equal(["b", "c"], log.Lines.Select(l => l.Text));
        Assert.Equal("RecordConsumer", log.Lines[0].Source);
    }

    [Theory]
    [InlineData("auto", nameof(DisplayKind.Plain))]
    [InlineData("plain", nameof(DisplayKind.Plain))]
    [InlineData("live", nameof(DisplayKind.Live))]
    [InlineData("none", nameof(DisplayKind.None))]
    public void Uses_plain_lines_without_a_terminal_unless_configured(string requested, string kind) =>
        Assert.Equal(kind, ProgressDisplay.Choose(requested, TestContexts.NoTerminal(new StringWriter())).ToString());
}
