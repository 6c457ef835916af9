using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Tests.Fixtures;

namespace HnmStreams.Pipeline.Tests.Budget;

public sealed class BudgetControllerTests
{
    [Fact]
    public void Applies_and_reports_a_decision_and_logs_its_reason()
    {
        var options = new PipelineOptions();
        options.Baselines.Enabled = true;
        var budget = new MiningBudget(options.ToBudgetSettings());
        budget.Note(beatsChance: true);
        using var logs = new LogLines();
        var controller = new BudgetController(budget, options.MiningBudget, TimeProvider.System, logs.CreateLogger("controller"));
        controller.Adjust(Observation(new Uplift(-0.1, -0.2, -0.05)), trained: 0, arrived: 0);
        Assert.Null(controller.Last);

        for (var i = 1; i <= BudgetRule.ComparisonsPerChange; i++)
        {
            Assert.Empty(logs.All);
            controller.Adjust(Observation(new Uplift(-0.1, -0.2, -0.05)), trained: 1_000 * i, arrived: 10_000 * i);
        }

        var decision = controller.Last!;
        Assert.Equal((0.05, 0.5, 0.5), (decision.ScoredShare, decision.CandidatesPerTrained, decision.HardShare));
        Assert.Equal(0.05, budget.ScoredShare);
        Assert.StartsWith("Behind random", decision.Reason, StringComparison.Ordinal);
        Assert.Contains(decision.Reason, Assert.Single(logs.All), StringComparison.Ordinal);

        // Twice as many rows per arrival: the same number of candidates is twice the share. The decision is unchanged, so nothing is logged.
        controller.Adjust(Observation(null), trained: 5_000, arrived: 40_000);
        Assert.Equal((0.1, 0.5), (controller.Last!.ScoredShare, controller.Last.CandidatesPerTrained));
        Assert.Single(logs.All);
    }

    private static BudgetObservation Observation(Uplift? againstEqualCompute) => new(againstEqualCompute, double.NaN, 0, MiningAllowed: true);
}
