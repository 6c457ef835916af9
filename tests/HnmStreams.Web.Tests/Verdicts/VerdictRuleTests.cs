using HnmStreams.Evaluation.Comparing;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Recovery;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Web.Tests.Verdicts;

public sealed class VerdictRuleTests
{
    private static readonly VerdictEvidence Learning = new(
        RunPhase.Learning, null, "AP", 10_000, 500, 1_000, 0, 0.1, BeatsChance: true, 0.8, 0.1, 30, 26, 4, BaselinesEnabled: true, 900, null, null);

    [Fact]
    public void A_run_without_a_learner_waits_with_the_reason()
    {
        var verdict = VerdictRule.Decide(Learning with { Metric = null, Value = null, Phase = RunPhase.Starting, WaitsFor = "there is no topic t" });
        Assert.Equal((VerdictKind.Waiting, "The run waits: there is no topic t"), (verdict.Kind, verdict.Sentence));
        Assert.Null(verdict.ModelVersion);
    }

    [Fact]
    public void A_failed_run_is_failed_regardless_of_its_metrics()
    {
        Assert.Equal(VerdictKind.Failed, VerdictRule.Decide(Learning with { Phase = RunPhase.Failed }).Kind);
    }

    [Theory]
    [InlineData(10_000, nameof(VerdictKind.NothingHeldOut))]
    [InlineData(900, nameof(VerdictKind.NotEnoughData))]
    public void Nothing_held_out_is_a_conclusion_after_enough_examples(long consumed, string expected)
    {
        var verdict = VerdictRule.Decide(Learning with { Consumed = consumed, HeldOut = 0, Value = null });
        Assert.Equal(expected, verdict.Kind.ToString());
        if (verdict.Kind == VerdictKind.NothingHeldOut)
            Assert.Contains("heldOutShare", verdict.NextAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.11, 0.10, 1_000, nameof(VerdictKind.NotLearning))]
    [InlineData(0.11, 0.10, 200, nameof(VerdictKind.Learning))]
    [InlineData(0.30, 0.10, 1_000, nameof(VerdictKind.Learning))]
    [InlineData(0.04, 0.01, 1_000, nameof(VerdictKind.Learning))]
    [InlineData(0.52, 0.50, 1_000, nameof(VerdictKind.NotLearning))]
    public void A_model_at_the_base_rate_is_not_learning_after_enough_steps(double value, double baseRate, long steps, string expected)
    {
        var verdict = VerdictRule.Decide(Learning with { Value = value, BaseRate = baseRate, Steps = steps, BaselinesEnabled = false });
        Assert.Equal(expected, verdict.Kind.ToString());
    }

    [Fact]
    public void A_model_that_is_not_learning_has_likely_causes()
    {
        var verdict = VerdictRule.Decide(Learning with { Value = 0.11 });
        Assert.Equal("The model is not learning: AP 0.11 is at the base rate 0.10 after 1,000 steps. Likely causes are wrong labels, inputs without information, or an unsuitable learning rate.", verdict.Sentence);
    }

    [Fact]
    public void Without_a_base_rate_the_test_against_chance_decides()
    {
        var evidence = Learning with { Metric = "accuracy", BaseRate = null, BaselinesEnabled = false };
        Assert.Equal(VerdictKind.Learning, VerdictRule.Decide(evidence).Kind);
        Assert.Equal(VerdictKind.NotLearning, VerdictRule.Decide(evidence with { BeatsChance = false }).Kind);
    }

    [Fact]
    public void A_run_whose_steps_were_all_refused_is_not_learning()
    {
        var verdict = VerdictRule.Decide(Learning with { Steps = 0, RefusedSteps = 12, Value = null });
        Assert.Equal("The model is not learning: all 12 training steps were refused because the loss is not finite.", verdict.Sentence);
    }

    [Fact]
    public void Without_baselines_the_gain_is_not_measured()
    {
        var verdict = VerdictRule.Decide(Learning with { BaselinesEnabled = false });
        Assert.Equal("The model is learning: AP is 0.80 (base rate 0.10) after 1,000 steps. The gain from mining is not measured.", verdict.Sentence);
        Assert.Contains("--baselines", verdict.NextAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, 0.0, 0.0, 900, nameof(VerdictKind.NotEnoughData))]
    [InlineData(0.1, 0.05, 0.15, 26, nameof(VerdictKind.NotEnoughData))]
    [InlineData(0.1, 0.05, 0.15, 900, nameof(VerdictKind.MiningPays))]
    [InlineData(0.1, -0.05, 0.25, 900, nameof(VerdictKind.NoDifference))]
    [InlineData(-0.1, -0.15, -0.05, 900, nameof(VerdictKind.MiningHurts))]
    [InlineData(-0.1, -0.15, -0.05, 26, nameof(VerdictKind.NotEnoughData))]
    public void The_interval_decides_once_there_are_enough_steps(double mean, double low, double high, long steps, string expected)
    {
        Assert.Equal(expected, VerdictRule.Decide(Compared(new Uplift(mean, low, high), null) with { ComparedSteps = steps }).Kind.ToString());
    }

    [Fact]
    public void The_saved_steps_are_the_conclusion_even_if_both_learners_are_saturated()
    {
        var verdict = VerdictRule.Decide(Compared(new Uplift(0.001, -0.01, 0.01), null) with { StepsSaved = new StepsToLevel(0.9, 600, 1_000, 5) });
        Assert.Equal((VerdictKind.MiningPays, "Mining pays: AP 0.90 after 40 % fewer steps than random negatives."), (verdict.Kind, verdict.Sentence));
    }

    [Fact]
    public void A_saving_of_steps_that_costs_more_compute_is_part_of_the_conclusion()
    {
        var saved = new StepsToLevel(0.9, 600, 1_000, 5) { EqualComputeSteps = 300 };
        var verdict = VerdictRule.Decide(Compared(new Uplift(0.001, -0.01, 0.01), null) with { StepsSaved = saved });
        Assert.Equal(
            (VerdictKind.MiningPaysPerStep, "Mining pays per step: AP 0.90 after 40 % fewer steps than random negatives. With more steps instead of scoring, random negatives reached it with 50 % less compute."),
            (verdict.Kind, verdict.Sentence));
        Assert.Equal(VerdictKind.MiningPays, VerdictRule.Decide(Compared(new Uplift(0.001, -0.01, 0.01), null) with { StepsSaved = saved with { EqualComputeSteps = 590 } }).Kind);
    }

    [Fact]
    public void A_saving_without_significant_comparisons_is_no_conclusion()
    {
        var verdict = VerdictRule.Decide(Compared(new Uplift(0.001, -0.01, 0.01), null) with { StepsSaved = new StepsToLevel(0.9, 600, 1_000, 2) });
        Assert.Equal(VerdictKind.NoDifference, verdict.Kind);
        Assert.Equal("No significant difference yet: AP 0.80 with mining and 0.70 with random negatives.", verdict.Sentence);
    }

    [Fact]
    public void A_loss_at_equal_compute_is_part_of_the_conclusion()
    {
        var verdict = VerdictRule.Decide(Compared(new Uplift(0.1, 0.05, 0.15), new Uplift(-0.02, -0.03, -0.01)));
        Assert.Equal(VerdictKind.MiningPaysPerStep, verdict.Kind);
        Assert.Equal("Mining pays per step: AP 0.80 is 0.10 above random negatives at equal steps. At equal compute it is 0.020 below them.", verdict.Sentence);
    }

    [Fact]
    public void The_time_to_recover_from_changes_is_the_headline()
    {
        var verdict = VerdictRule.Decide(Compared(new Uplift(0.001, -0.01, 0.01), null) with { Recovery = Recovered(3, new RecoveryRatio(4, 2, 8), new RecoveryRatio(1.5, 0.8, 2.8)) });
        Assert.Equal(
            "Mining pays: after a change of the stream AP is back after 3.0 s with mining, and is back after 12.0 s or more (1 not in time) with random negatives at equal steps (medians of 3 changes; 4.0 times the time, 95 % interval 2.0 to 8.0). At equal compute random negatives need 1.5 times the time, 95 % interval 0.8 to 2.8.",
            verdict.Sentence);
        Assert.Equal(VerdictKind.MiningPays, verdict.Kind);
    }

    [Fact]
    public void A_learner_that_never_falls_stays_at_its_level()
    {
        var recovery = Recovered(3, new RecoveryRatio(4, 2, 8), new RecoveryRatio(1, 1, 1)) with { Mined = new LearnerRecoveries(0, 0, 0) };
        var sentence = VerdictRule.Decide(Compared(new Uplift(0.001, -0.01, 0.01), null) with { Recovery = recovery }).Sentence;
        Assert.Contains("AP stays at its level with mining", sentence, StringComparison.Ordinal);
        Assert.EndsWith("At equal compute random negatives need the same time, as far as it can be measured.", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 2.0, 8.0, nameof(VerdictKind.NoDifference))]
    [InlineData(3, 0.5, 2.0, nameof(VerdictKind.NoDifference))]
    [InlineData(3, 0.2, 0.9, nameof(VerdictKind.MiningHurts))]
    [InlineData(3, 1.1, 2.0, nameof(VerdictKind.MiningPays))]
    public void Recoveries_decide_with_enough_changes_and_a_clear_interval(int changes, double low, double high, string expected)
    {
        var evidence = Compared(new Uplift(0.001, -0.01, 0.01), null) with { Recovery = Recovered(changes, new RecoveryRatio((low + high) / 2, low, high), new RecoveryRatio(1, 0.5, 2)) };
        Assert.Equal(expected, VerdictRule.Decide(evidence).Kind.ToString());
    }

    [Fact]
    public void A_slower_recovery_at_equal_compute_is_part_of_the_conclusion()
    {
        var verdict = VerdictRule.Decide(Compared(new Uplift(0.001, -0.01, 0.01), null) with { Recovery = Recovered(3, new RecoveryRatio(4, 2, 8), new RecoveryRatio(0.5, 0.3, 0.8)) });
        Assert.Equal(VerdictKind.MiningPaysPerStep, verdict.Kind);
        Assert.StartsWith("Mining pays per step:", verdict.Sentence, StringComparison.Ordinal);
        Assert.EndsWith("At equal compute it is back after 5.0 s with random negatives.", verdict.Sentence, StringComparison.Ordinal);
    }

    private static RecoverySummary Recovered(int changes, RecoveryRatio steps, RecoveryRatio compute) =>
        new(changes, new LearnerRecoveries(3, 30, 0), new LearnerRecoveries(12, 120, 1), new LearnerRecoveries(5, 70, 0), steps, compute);

    [Fact]
    public void The_verdict_names_the_evaluated_version_and_its_age()
    {
        var verdict = VerdictRule.Decide(Learning);
        Assert.Equal((26L, 4L, 4.0, 0.1), (verdict.ModelVersion, verdict.AgeInVersions, verdict.AgeInSeconds, verdict.BaseRate));
    }

    private static VerdictEvidence Compared(Uplift? atSteps, Uplift? atCompute) => Learning with { Comparison = new VerdictComparison(0.8, 0.7, atSteps, atCompute) };
}
