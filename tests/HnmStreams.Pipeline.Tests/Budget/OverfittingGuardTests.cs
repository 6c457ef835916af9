using HnmStreams.Pipeline.Budget;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Tests.Budget;

public sealed class OverfittingGuardTests
{
    [Fact]
    public void What_a_checkpoint_has_eased_is_told_from_the_start()
    {
        var budget = new MiningBudget(new PipelineOptions().ToBudgetSettings());
        budget.Set(OverfittingGuardState.Initial with { BackoffSteps = 2 });
        var told = new OverfittingGuard(budget, new OverfittingGuardOptions(), TimeProvider.System, NullLogger.Instance).Last!;
        Assert.Equal((2, budget.HardShare, budget.MaximumUses), (told.BackoffSteps, told.HardShare, told.MaximumUses));
        Assert.Contains("checkpoint", told.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_mining_is_as_it_is_set_there_is_nothing_to_tell() =>
        Assert.Null(new OverfittingGuard(new MiningBudget(new PipelineOptions().ToBudgetSettings()), new OverfittingGuardOptions(), TimeProvider.System, NullLogger.Instance).Last);
}
