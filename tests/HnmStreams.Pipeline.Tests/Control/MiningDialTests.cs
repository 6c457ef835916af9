using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Control;
using HnmStreams.Pipeline.Easing;

namespace HnmStreams.Pipeline.Tests.Control;

public sealed class MiningDialTests
{
    [Fact]
    public void The_share_follows_from_the_candidates_and_from_how_many_rows_are_trained_on_for_each_arrival()
    {
        var dial = Mining();
        // 32 rows for 512 examples: one candidate a row is one example in sixteen.
        Assert.Equal((1.0 / 16, 0.5), (dial.ScoredShare, dial.HardShare));
        dial.Turn(dial.State with { Candidates = 4 }, 0.125);
        Assert.Equal((0.5, 0.5), (dial.ScoredShare, dial.HardShare));
        dial.Turn(dial.State with { Candidates = 4 }, 0.5);
        Assert.Equal(0.9, dial.ScoredShare);
        dial.Turn(dial.State with { Candidates = 0 }, 0.125);
        Assert.Equal((0.0, 0.0), (dial.ScoredShare, dial.HardShare));
    }

    [Fact]
    public void What_the_user_has_set_stays()
    {
        var share = new MiningDial(Options(o => o.Scoring.Share = 0.3));
        share.Turn(share.State with { Candidates = 0 }, 0.125);
        Assert.Equal((0.3, 0.0, true, false), (share.ScoredShare, share.HardShare, share.ScoredShareIsFixed, share.HardShareIsFixed));
        var hard = new MiningDial(Options(o => o.Mix.HardShare = 0.25));
        hard.Turn(hard.State with { Candidates = 0 }, 0.125);
        Assert.Equal((0.0, 0.25), (hard.ScoredShare, hard.HardShare));
        var both = new MiningDial(Options(o => (o.Scoring.Share, o.Mix.HardShare) = (0.3, 0.25)));
        Assert.False(both.IsControlled);
    }

    [Theory]
    [InlineData(false, true, "live")]
    [InlineData(true, false, "live")]
    [InlineData(true, true, "exact")]
    public void Without_control_learners_or_controller_and_in_exact_mode_all_is_scored_as_ever(bool control, bool cost, string mode)
    {
        var dial = new MiningDial(Options(o => (o.Control.Enabled, o.Control.Cost.Enabled, o.Mode) = (control, cost, mode)));
        dial.Turn(dial.State with { Candidates = 0 }, 0.125);
        Assert.Equal((false, 1.0, 0.5), (dial.IsControlled, dial.ScoredShare, dial.HardShare));
    }

    [Fact]
    public void So_many_are_scored_as_the_share_says()
    {
        var generator = new Xoshiro256StarStar(1);
        var dial = new MiningDial(Options(o => o.Scoring.Share = 0.3));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => dial.Scores(isPositive: false, generator)), 2_850, 3_150);
        var before = generator.Save();
        Assert.True(new MiningDial(Options(o => o.Scoring.Share = 1)).Scores(isPositive: false, generator));
        Assert.Equal(before, generator.Save());
    }

    [Fact]
    public void A_state_of_wider_bounds_is_taken_within_todays()
    {
        var dial = Mining();
        dial.Restore(new CostState(100, 2, 8, 0.5), new EasingState(100, 0, 8));
        Assert.Equal(new CostState(4, 2, 8, 0.5), dial.State);
        Assert.Equal((0.25, 3), (dial.ScoredShare, dial.Easing.Eased));
    }

    [Fact]
    public void Eased_off_fewer_negatives_are_hard_and_each_is_used_less_often_with_and_without_a_controller()
    {
        foreach (var dial in new[] { Mining(), new MiningDial(new PipelineOptions()) })
        {
            Assert.Equal((0.5, 4), (dial.HardShare, dial.MaximumUses));
            dial.Ease(EasingState.Initial with { Eased = 1 });
            Assert.Equal((0.25, 2), (dial.HardShare, dial.MaximumUses));
            dial.Ease(EasingState.Initial with { Eased = 3 });
            Assert.Equal((0.0, 1), (dial.HardShare, dial.MaximumUses));
            dial.Ease(EasingState.Initial);
            Assert.Equal((0.5, 4), (dial.HardShare, dial.MaximumUses));
        }

        var user = new MiningDial(Options(o => (o.Mix.HardShare, o.Pool.MaximumUses) = (0.4, 0)));
        user.Ease(EasingState.Initial with { Eased = 2 });
        Assert.Equal((0.4, 0), (user.HardShare, user.MaximumUses));
    }

    [Fact]
    public void Until_the_model_beats_chance_each_positive_is_scored_and_the_fewest_of_the_negatives()
    {
        var generator = new Xoshiro256StarStar(1);
        var dial = new MiningDial(Options());
        Assert.Equal((true, 1.0 / 64), (dial.ScoresEveryPositive, dial.ScoredShare));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(dial.Scores(isPositive: true, generator)));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => dial.Scores(isPositive: false, generator)), 100, 220);
        dial.Note(beatsChance: true);
        Assert.Equal((false, 1.0 / 16), (dial.ScoresEveryPositive, dial.ScoredShare));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => dial.Scores(isPositive: true, generator)), 500, 750);
        // A share that the user has set is no matter of this.
        Assert.False(new MiningDial(Options(o => o.Scoring.Share = 0.1)).ScoresEveryPositive);
    }

    private static MiningDial Mining()
    {
        var dial = new MiningDial(Options());
        dial.Note(beatsChance: true);
        return dial;
    }

    private static PipelineOptions Options(Action<PipelineOptions>? configure = null)
    {
        var options = new PipelineOptions();
        options.Control.Enabled = true;
        options.Control.Cost.MaximumShare = 0.9;
        configure?.Invoke(options);
        return options;
    }
}
