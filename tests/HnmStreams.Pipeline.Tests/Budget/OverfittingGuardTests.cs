using HnmStreams.Pipeline.Budget;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Tests.Budget;

public sealed class OverfittingGuardTests
{
    [Fact]
    public void Reports_a_reduction_restored_from_a_checkpoint()
    {
        var budget = new MiningBudget(new PipelineOptions().ToBudgetSettings());
        budget.Set(OverfittingGuardState.Initial with { BackoffLevel = 2 });
        var reported = new OverfittingGuard(budget, new OverfittingGuardOptions(), TimeProvider.System, NullLogger.Instance).Last!;
        Assert.Equal((2, budget.HardShare, budget.MaxUses), (reported.BackoffLevel, reported.HardShare, reported.MaxUses));
        Assert.Contains("checkpoint", reported.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_nothing_if_mining_is_not_reduced() =>
        Assert.Null(new OverfittingGuard(new MiningBudget(new PipelineOptions().ToBudgetSettings()), new OverfittingGuardOptions(), TimeProvider.System, NullLogger.Instance).Last);
}
