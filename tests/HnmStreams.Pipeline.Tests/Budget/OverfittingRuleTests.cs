using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Tests.Budget;

public sealed class OverfittingRuleTests
{
    [Theory]
    [InlineData(0, "PastBest", 1)]
    [InlineData(2, "PastBest", 3)]
    [InlineData(3, "PastBest", 3)]
    [InlineData(2, "Best", 1)]
    [InlineData(0, "Best", 0)]
    [InlineData(2, "Level", 2)]
    [InlineData(2, "Unknown", 2)]
    [InlineData(9, "Level", 3)]
    public void Backs_off_by_a_step_when_past_the_best_and_recovers_by_a_step_with_each_new_best(int now, string verdict, int expected) =>
        Assert.Equal(expected, OverfittingRule.Decide(OverfittingGuardState.Initial with { BackoffSteps = now }, Enum.Parse<PromotionVerdict>(verdict), 3).BackoffSteps);

    [Fact]
    public void Recovers_tentatively_after_level_versions_that_double_until_a_new_best()
    {
        var state = OverfittingGuardState.Initial with { BackoffSteps = 2 };
        Assert.Equal((OverfittingGuardState.FirstRecovery, 1), Rest(ref state));
        Assert.Equal((2 * OverfittingGuardState.FirstRecovery, 0), Rest(ref state));
        state = OverfittingRule.Decide(state, PromotionVerdict.PastBest, 3);
        Assert.Equal((4 * OverfittingGuardState.FirstRecovery, 0), Rest(ref state));
        state = OverfittingRule.Decide(OverfittingRule.Decide(state, PromotionVerdict.PastBest, 3), PromotionVerdict.Best, 3);
        Assert.Equal(OverfittingGuardState.Initial, state);
    }

    [Fact]
    public void Each_step_halves_the_hard_share_and_the_last_sets_it_to_zero() =>
        Assert.Equal([1, 0.5, 0.25, 0], Enumerable.Range(0, 4).Select(eased => OverfittingRule.ShareLeft(eased, 3)));

    [Fact]
    public void Each_step_halves_the_uses_down_to_one_and_unlimited_stays_unlimited() =>
        Assert.Equal([4, 2, 1, 1, 0], [OverfittingRule.UsesLeft(4, 0), OverfittingRule.UsesLeft(4, 1), OverfittingRule.UsesLeft(4, 2), OverfittingRule.UsesLeft(4, 3), OverfittingRule.UsesLeft(0, 3)]);

    // Versions level with the best until it goes a step back, and where it stands then.
    private static (int Seen, int Eased) Rest(ref OverfittingGuardState state)
    {
        var (seen, before) = (0, state.BackoffSteps);
        for (; state.BackoffSteps == before; seen++)
            state = OverfittingRule.Decide(state, PromotionVerdict.Level, 3);
        return (seen, state.BackoffSteps);
    }
}
