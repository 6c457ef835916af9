using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow.Promotion;

namespace HnmStreams.Pipeline.Tests.Budget;

public sealed class OverfittingRuleTests
{
    [Theory]
    [InlineData(0, "WorseThanBest", 1)]
    [InlineData(2, "WorseThanBest", 3)]
    [InlineData(3, "WorseThanBest", 3)]
    [InlineData(2, "Best", 1)]
    [InlineData(0, "Best", 0)]
    [InlineData(2, "WithinNoise", 2)]
    [InlineData(2, "Unknown", 2)]
    [InlineData(9, "WithinNoise", 3)]
    public void Backs_off_by_a_step_when_past_the_best_and_recovers_by_a_step_with_each_new_best(int steps, string verdict, int expected) =>
        Assert.Equal(expected, OverfittingRule.Decide(OverfittingGuardState.Initial with { BackoffLevel = steps }, Enum.Parse<PromotionVerdict>(verdict), 3).BackoffLevel);

    [Fact]
    public void Recovers_tentatively_after_a_number_of_level_versions_that_doubles_until_a_new_best()
    {
        var state = OverfittingGuardState.Initial with { BackoffLevel = 2 };
        Assert.Equal((OverfittingGuardState.FirstRecovery, 1), Recover(ref state));
        Assert.Equal((2 * OverfittingGuardState.FirstRecovery, 0), Recover(ref state));
        state = OverfittingRule.Decide(state, PromotionVerdict.WorseThanBest, 3);
        Assert.Equal((4 * OverfittingGuardState.FirstRecovery, 0), Recover(ref state));
        state = OverfittingRule.Decide(OverfittingRule.Decide(state, PromotionVerdict.WorseThanBest, 3), PromotionVerdict.Best, 3);
        Assert.Equal(OverfittingGuardState.Initial, state);
    }

    [Fact]
    public void Each_step_halves_the_hard_share_and_the_last_sets_it_to_zero() =>
        Assert.Equal([1, 0.5, 0.25, 0], Enumerable.Range(0, 4).Select(steps => OverfittingRule.ShareLeft(steps, 3)));

    [Fact]
    public void Each_step_halves_the_uses_down_to_one_and_unlimited_stays_unlimited() =>
        Assert.Equal([4, 2, 1, 1, 0], [OverfittingRule.UsesLeft(4, 0), OverfittingRule.UsesLeft(4, 1), OverfittingRule.UsesLeft(4, 2), OverfittingRule.UsesLeft(4, 3), OverfittingRule.UsesLeft(0, 3)]);

    // Returns the number of level versions until the guard recovers by a step, and its steps after that.
    private static (int Versions, int BackoffLevel) Recover(ref OverfittingGuardState state)
    {
        var (versions, before) = (0, state.BackoffLevel);
        for (; state.BackoffLevel == before; versions++)
            state = OverfittingRule.Decide(state, PromotionVerdict.WithinNoise, 3);
        return (versions, state.BackoffLevel);
    }
}
