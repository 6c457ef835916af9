using HnmStreams.Pipeline.Tuning;

namespace HnmStreams.Pipeline.Tests.Tuning;

public sealed class TrialRuleTests
{
    private static readonly TuningOptions Options = new() { ComputeShare = 0.25, TrialSteps = 1_000 };

    [Theory]
    [InlineData(0.01, 0.2, 500, nameof(TrialVerdict.Better))]
    [InlineData(0, 0.2, 999, nameof(TrialVerdict.Undecided))]
    [InlineData(-0.2, -0.01, 1, nameof(TrialVerdict.Worse))]
    [InlineData(-0.2, 0, 1_000, nameof(TrialVerdict.NoDifference))]
    public void Decides_by_the_interval_and_the_steps(double low, double high, long steps, string expected) =>
        Assert.Equal(expected, TrialRule.Decide(low, high, steps, Options).ToString());

    [Theory]
    [InlineData(249, false)]
    [InlineData(250, true)]
    public void The_outcomes_of_the_first_quarter_do_not_count(long steps, bool expected) => Assert.Equal(expected, TrialRule.Counts(steps, Options));

    [Theory]
    [InlineData(0, 0, 0, true)]
    [InlineData(75, 25, 0, true)]
    [InlineData(75, 20, 5.1, false)]
    [InlineData(75, 26, 0, false)]
    public void A_trial_starts_only_within_the_compute_share(double champion, double spent, double reserved, bool expected) =>
        Assert.Equal(expected, TrialRule.MayStart(champion, spent, reserved, 0.25));
}
