using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Web.Events;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Web.Tests.Events;

public sealed class RunChangesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly RunVerdict Verdict = new(VerdictKind.NotEnoughData, "Not enough data yet.", null, "AP", null, null, null, null, null);
    private static readonly RunObservation Quiet = new([], null, null, Verdict, 0, null, null, []);

    [Fact]
    public void Nothing_changes_between_equal_observations() => Assert.Empty(RunChanges.Between(Quiet, Quiet));

    [Fact]
    public void New_promotions_are_events_and_refused_versions_are_not()
    {
        var old = new PromotionDecision(7, Start, "averagePrecision", 0.5, null, true, "the first");
        var refused = new PromotionDecision(8, Start.AddSeconds(1), "averagePrecision", 0.4, null, false, "worse");
        var better = new PromotionDecision(1_234, Start.AddSeconds(2), "averagePrecision", 0.75, null, true, "better");
        var change = Assert.Single(RunChanges.Between(Quiet with { Decisions = [old] }, Quiet with { Decisions = [better, refused, old] }));
        Assert.Equal(new RunChange(RunEventKind.Promotion, "Version 1,234 is promoted, AP 0.750: better.", 1_234), change);
    }

    [Fact]
    public void A_budget_decision_is_an_event_if_a_share_changes_much()
    {
        var budget = new BudgetDecision(0.25, 0.5, 2, false, false, "It pays.", Start);
        Assert.Equal(
            "The mining budget is 25 % of arrivals scored and 50 % of negatives from the pool. It pays.",
            Assert.Single(RunChanges.Between(Quiet, Quiet with { Budget = budget })).Text);
        Assert.Empty(RunChanges.Between(Quiet with { Budget = budget }, Quiet with { Budget = budget with { ScoredShare = 0.4, HardShare = 0.55 } }));
        Assert.Single(RunChanges.Between(Quiet with { Budget = budget }, Quiet with { Budget = budget with { ScoredShare = 0.1 } }));
        Assert.Single(RunChanges.Between(Quiet with { Budget = budget }, Quiet with { Budget = budget with { ScoredShare = 0 } }));
        Assert.Single(RunChanges.Between(Quiet with { Budget = budget }, Quiet with { Budget = budget with { HardShare = 0.3 } }));
        Assert.Empty(RunChanges.Between(Quiet with { Budget = budget with { ScoredShare = 0 } }, Quiet with { Budget = budget with { ScoredShare = 0 } }));
    }

    [Fact]
    public void The_guard_checkpoint_failures_and_the_broker_are_events()
    {
        var now = Quiet with
        {
            OverfittingGuard = new OverfittingGuardDecision(1, 0.25, 8, "It overfits.", Start),
            CheckpointFailures = 1,
            CheckpointFailure = "No space left.",
            UnreachableSince = Start,
            StuckPartitions = [3],
            StreamChanges = 2,
        };
        Assert.Equal(
            [RunEventKind.OverfittingGuard, RunEventKind.Checkpoint, RunEventKind.DataChange, RunEventKind.Broker, RunEventKind.Broker],
            RunChanges.Between(Quiet, now).Select(c => c.Kind));
        Assert.Equal(
            ["The overfitting guard no longer reduces mining. It recovers.", "A broker answers again."],
            RunChanges.Between(now, now with { OverfittingGuard = new OverfittingGuardDecision(0, 0.5, 0, "It recovers.", Start), UnreachableSince = null }).Select(c => c.Text));
    }
}
