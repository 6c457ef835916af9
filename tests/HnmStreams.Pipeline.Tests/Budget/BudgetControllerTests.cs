using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Tests.Fixtures;

namespace HnmStreams.Pipeline.Tests.Budget;

public sealed class BudgetControllerTests
{
    [Fact]
    public void A_decision_turns_the_dial_is_there_to_be_seen_and_is_logged_with_its_reason()
    {
        var options = new PipelineOptions();
        options.Baselines.Enabled = true;
        var budget = new MiningBudget(options);
        budget.Note(beatsChance: true);
        using var logs = new LogLines();
        var pilot = new BudgetController(budget, options.MiningBudget, TimeProvider.System, logs.CreateLogger("pilot"));
        pilot.Take(Report(0, new Uplift(-0.1, -0.2, -0.05)), miningAllowed: true, arrived: 0);
        Assert.Null(pilot.Last);

        for (var i = 1; i <= BudgetRule.Patience; i++)
        {
            Assert.Empty(logs.All);
            pilot.Take(Report(1_000 * i, new Uplift(-0.1, -0.2, -0.05)), miningAllowed: true, arrived: 10_000 * i);
        }

        var decision = pilot.Last!;
        Assert.Equal((0.05, 0.5, 0.5), (decision.ScoredShare, decision.CandidatesPerTrained, decision.HardShare));
        Assert.Equal(0.05, budget.ScoredShare);
        Assert.StartsWith("Behind random", decision.Reason, StringComparison.Ordinal);
        Assert.Contains(decision.Reason, Assert.Single(logs.All), StringComparison.Ordinal);

        // Twice as many rows for each arrival since: the same candidates are twice the share. Nothing new is nothing to log.
        pilot.Take(Report(5_000, null), miningAllowed: true, arrived: 40_000);
        Assert.Equal((0.1, 0.5), (pilot.Last!.ScoredShare, pilot.Last.CandidatesPerTrained));
        Assert.Single(logs.All);
    }

    private static BaselineReport Report(long trained, Uplift? againstEqualCompute)
    {
        var standing = new LearnerPerformance(new Dictionary<string, double>(StringComparer.Ordinal) { ["m"] = 0.5 }, trained / 16, trained, 1, 1);
        return new BaselineReport("m", standing, standing, standing, null, againstEqualCompute, 1);
    }
}
