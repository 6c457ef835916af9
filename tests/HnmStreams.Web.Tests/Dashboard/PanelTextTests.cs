using Bunit;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Tuning;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Dashboard.Charts;
using HnmStreams.Web.Dashboard.Feed;
using HnmStreams.Web.Dashboard.Panels;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Recovery;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Web.Tests.Dashboard;

public sealed class PanelTextTests
{
    [Fact]
    public async Task The_verdict_panel_has_the_sentence_the_base_rate_and_the_age()
    {
        var verdict = new RunVerdict(VerdictKind.MiningPays, "Mining pays: AP 0.80.", "Use the promoted model.", "AP", 0.8, 0.012, 26, 174, 31);
        await using var context = new BunitContext();
        var panel = context.Render<VerdictPanel>(p => p.AddCascadingValue(Data(RunStates.Snapshot, verdict)));
        Assert.Equal("Mining pays: AP 0.80.", panel.Find("#verdict-sentence").TextContent);
        Assert.Contains("Base rate 1.2 %", panel.Markup, StringComparison.Ordinal);
        Assert.Contains("As of version 26, 174 versions ago, 31 s ago.", panel.Markup, StringComparison.Ordinal);
        Assert.Single(panel.FindAll("#as-of .warn"));
    }

    [Fact]
    public async Task Identical_models_are_not_enough_data()
    {
        var status = RunStates.Status with { Baselines = RunStates.Baselines with { AgainstRandom = new Uplift(0, 0, 0) } };
        await using var context = new BunitContext();
        var panel = context.Render<BaselinesPanel>(p => p.AddCascadingValue(Data(RunStates.Snapshot with { Learner = status }, null)));
        Assert.Contains("Not enough data yet at equal steps", panel.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("[0.000", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tuning_panel_has_the_champion_the_cost_and_the_newest_decision_first()
    {
        var start = new TunedSettings(0.01, 0, 0.5, 0.25);
        TrialStatus Trial(long number, double low) => new(number, $"pipeline.mix.hardShare={0.25 * number}", 2_000, 120, low + 0.02, low, low + 0.04, 0.03);
        var tuning = new TuningStatus(
            start with { LearningRate = 0.03 },
            start,
            ["pipeline.mix.positiveShare"],
            [Trial(3, -0.01)],
            [new TuningDecision(Trial(1, -0.1), false, "Significantly worse.", DateTimeOffset.UnixEpoch), new TuningDecision(Trial(2, 0.01), true, "Significantly better.", DateTimeOffset.UnixEpoch)],
            3,
            1,
            12,
            3,
            0.2);
        await using var context = new BunitContext();
        var panel = context.Render<TuningPanel>(p => p.AddCascadingValue(Data(RunStates.Snapshot with { Learner = RunStates.Status with { Tuning = tuning } }, null)));
        Assert.Contains("changed its settings to pipeline.training.learningRate=0.03. 1 of 3 challengers took its place.", panel.Find("#tuning-champion").TextContent, StringComparison.Ordinal);
        Assert.Contains("20.0 % of the compute so far. Not varied: pipeline.mix.positiveShare.", panel.Find("#tuning-cost").TextContent, StringComparison.Ordinal);
        Assert.Equal(["3", "2", "1"], panel.FindAll("tr[data-trial]").Select(row => row.GetAttribute("data-trial")));
        Assert.Equal(["running", "promoted", "Significantly worse."], panel.FindAll("tr[data-trial] td:last-child").Select(cell => cell.TextContent));
    }

    [Fact]
    public async Task Without_tuning_the_page_has_no_panel_about_it()
    {
        await using var context = new BunitContext();
        var panel = context.Render<TuningPanel>(p => p.AddCascadingValue(Data(RunStates.Snapshot, null)));
        Assert.Equal("", panel.Markup.Trim());
    }

    [Theory]
    [InlineData(true, "the baselines are running")]
    [InlineData(false, "Baselines are off")]
    public async Task Before_the_first_comparison_the_panel_states_if_baselines_are_running(bool enabled, string expected)
    {
        await using var context = new BunitContext();
        var panel = context.Render<BaselinesPanel>(p => p.AddCascadingValue(Data(RunStates.Snapshot, null) with { BaselinesEnabled = enabled }));
        Assert.Contains(expected, panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_the_stream_is_listed_with_the_run_time_and_each_learner()
    {
        var mined = new LearnerRecovery(0.6, true, 7.5, 75);
        var random = new LearnerRecovery(0.5, true, null, null);
        await using var context = new BunitContext();
        var table = context.Render<RecoveryTable>(p => p.AddCascadingValue(
            new RecoveriesResponse("averagePrecision", true, null, [new ChangeRecovery(1, 800_000, 64.2, 0.95, 1, 20, true, mined, random, random)])));
        var row = table.Find("tr[data-change='1']");
        Assert.Contains("0:01:04", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("7.5 s", row.QuerySelector("[data-learner='mined']")!.TextContent, StringComparison.Ordinal);
    }

    internal static DashboardData Data(RunSnapshot snapshot, RunVerdict? verdict)
    {
        var status = StatusResponse.Of(snapshot, []);
        return new DashboardData(verdict is null ? status : status with { Verdict = verdict }, new HistoryResponse("averagePrecision", []), new EventsResponse([]));
    }
}
