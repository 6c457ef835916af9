using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Budget;

namespace HnmStreams.Pipeline.Tests.Budget;

public sealed class MiningBudgetTests
{
    [Fact]
    public void Tuned_shares_replace_those_of_the_settings_and_the_reductions_stay()
    {
        var budget = new MiningBudget(Options(_ => { }).ToBudgetSettings());
        budget.Set(new OverfittingGuardState(1, 0, 8));
        budget.Tune(hardShare: 0.8, positiveShare: 0.4);
        Assert.Equal((0.4, 0.4, 0.5), (budget.HardShare, budget.PositiveShare, budget.HardShareOf(1)));
        budget.Set(OverfittingGuardState.Initial);
        Assert.Equal(0.8, budget.HardShare);
    }

    [Fact]
    public void The_scored_share_follows_from_candidates_and_trained_rows_per_arrival()
    {
        var budget = BudgetAboveChance();
        // 32 rows per 512 examples: one candidate per row is one example in sixteen.
        Assert.Equal((1.0 / 16, 0.5), (budget.ScoredShare, budget.HardShare));
        budget.Set(budget.State with { Candidates = 4 }, 0.125);
        Assert.Equal((0.5, 0.5), (budget.ScoredShare, budget.HardShare));
        budget.Set(budget.State with { Candidates = 4 }, 0.5);
        Assert.Equal(0.9, budget.ScoredShare);
        budget.Set(budget.State with { Candidates = 0 }, 0.125);
        Assert.Equal((0.0, 0.0), (budget.ScoredShare, budget.HardShare));
    }

    [Fact]
    public void Shares_set_by_the_user_do_not_change()
    {
        var share = new MiningBudget(Options(o => o.Scoring.Share = 0.3).ToBudgetSettings());
        share.Set(share.State with { Candidates = 0 }, 0.125);
        Assert.Equal((0.3, 0.0, true, false), (share.ScoredShare, share.HardShare, share.ScoredShareIsFixed, share.HardShareIsFixed));
        var hard = new MiningBudget(Options(o => o.Mix.HardShare = 0.25).ToBudgetSettings());
        hard.Set(hard.State with { Candidates = 0 }, 0.125);
        Assert.Equal((0.0, 0.25), (hard.ScoredShare, hard.HardShare));
        var both = new MiningBudget(Options(o => (o.Scoring.Share, o.Mix.HardShare) = (0.3, 0.25)).ToBudgetSettings());
        Assert.False(both.IsControlled);
    }

    [Theory]
    [InlineData(false, true, "live")]
    [InlineData(true, false, "live")]
    [InlineData(true, true, "exact")]
    public void Scores_everything_without_baselines_or_controller_and_in_exact_mode(bool baselines, bool controller, string mode)
    {
        var budget = new MiningBudget(Options(o => (o.Baselines.Enabled, o.MiningBudget.Enabled, o.Mode) = (baselines, controller, mode)).ToBudgetSettings());
        budget.Set(budget.State with { Candidates = 0 }, 0.125);
        Assert.Equal((false, 1.0, 0.5), (budget.IsControlled, budget.ScoredShare, budget.HardShare));
    }

    [Fact]
    public void Scores_the_set_share_of_examples()
    {
        var generator = new Xoshiro256StarStar(1);
        var budget = new MiningBudget(Options(o => o.Scoring.Share = 0.3).ToBudgetSettings());
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => budget.Scores(isPositive: false, generator)), 2_850, 3_150);
        var before = generator.Save();
        Assert.True(new MiningBudget(Options(o => o.Scoring.Share = 1).ToBudgetSettings()).Scores(isPositive: false, generator));
        Assert.Equal(before, generator.Save());
    }

    [Fact]
    public void Restores_a_state_within_the_current_bounds()
    {
        var budget = BudgetAboveChance();
        var writer = new StateWriter();
        new BudgetState(100, 2, 8, 0.5).Save(writer);
        new OverfittingGuardState(100, 0, 8).Save(writer);
        budget.Restore(new StateReader(writer.Written));
        Assert.Equal(new BudgetState(4, 2, 8, 0.5), budget.State);
        Assert.Equal((0.25, 3), (budget.ScoredShare, budget.OverfittingGuard.BackoffLevel));
    }

    [Fact]
    public void Backing_off_reduces_the_hard_share_and_the_uses_with_and_without_a_controller()
    {
        foreach (var budget in new[] { BudgetAboveChance(), new MiningBudget(new PipelineOptions().ToBudgetSettings()) })
        {
            Assert.Equal((0.5, 4), (budget.HardShare, budget.MaxUses));
            budget.Set(OverfittingGuardState.Initial with { BackoffLevel = 1 });
            Assert.Equal((0.25, 2), (budget.HardShare, budget.MaxUses));
            budget.Set(OverfittingGuardState.Initial with { BackoffLevel = 3 });
            Assert.Equal((0.0, 1), (budget.HardShare, budget.MaxUses));
            budget.Set(OverfittingGuardState.Initial);
            Assert.Equal((0.5, 4), (budget.HardShare, budget.MaxUses));
        }

        var user = new MiningBudget(Options(o => (o.Mix.HardShare, o.Pool.MaxUses) = (0.4, 0)).ToBudgetSettings());
        user.Set(OverfittingGuardState.Initial with { BackoffLevel = 2 });
        Assert.Equal((0.4, 0), (user.HardShare, user.MaxUses));
    }

    [Fact]
    public void Until_the_model_beats_chance_scores_each_positive_and_few_negatives()
    {
        var generator = new Xoshiro256StarStar(1);
        var budget = new MiningBudget(Options().ToBudgetSettings());
        Assert.Equal((true, 1.0 / 64), (budget.ScoresEveryPositive, budget.ScoredShare));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(budget.Scores(isPositive: true, generator)));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => budget.Scores(isPositive: false, generator)), 100, 220);
        budget.Note(beatsChance: true);
        Assert.Equal((false, 1.0 / 16), (budget.ScoresEveryPositive, budget.ScoredShare));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => budget.Scores(isPositive: true, generator)), 500, 750);
        // A share that the user has set is not affected.
        Assert.False(new MiningBudget(Options(o => o.Scoring.Share = 0.1).ToBudgetSettings()).ScoresEveryPositive);
    }

    private static MiningBudget BudgetAboveChance()
    {
        var budget = new MiningBudget(Options().ToBudgetSettings());
        budget.Note(beatsChance: true);
        return budget;
    }

    private static PipelineOptions Options(Action<PipelineOptions>? configure = null)
    {
        var options = new PipelineOptions();
        options.Baselines.Enabled = true;
        options.MiningBudget.MaxShare = 0.9;
        configure?.Invoke(options);
        return options;
    }
}
