using HnmStreams.Host.Starting;
using HnmStreams.Pipeline;

namespace HnmStreams.Host.Tests.Starting;

public sealed class StartingRuleTests
{
    [Theory]
    // 36 positives are 30 with a margin.
    [InlineData(3_772, 360, 0.1)]
    [InlineData(3_772, 189, 0.2)]
    [InlineData(3_772, 1_000, 0.05)]
    // A fifth of 130 is too few, so that nothing more is held out.
    [InlineData(10_003, 130, 0.05)]
    [InlineData(100, 0, 0.05)]
    // The rarer kind decides.
    [InlineData(1_000, 800, 0.18)]
    public void The_held_out_share_suffices_for_comparisons_of_versions_or_stays(long examples, long positives, double expected) =>
        Assert.Equal(expected, StartingRule.HeldOutShare(new SetFigures(examples, positives, IsWhole: true), 0.05, 30));

    [Fact]
    public void A_task_without_a_rare_class_counts_its_examples() =>
        Assert.Equal(0.09, StartingRule.HeldOutShare(new SetFigures(400, null, IsWhole: true), 0.05, 30));

    [Fact]
    public void Settings_that_are_given_have_no_starting_point()
    {
        var (set, options) = (new SetFigures(2_000, 300, IsWhole: true), new PipelineOptions());
        // Only challengers need more held-out examples.
        Assert.DoesNotContain(StartingRule.Choose(set, StartingNetwork.Text, options, _ => false), p => p.Key == "pipeline.evaluation.heldOutShare");
        options.Tuning.ComputeShare = 0.25;
        Assert.Equal(
            [("pipeline.miningBudget.balanceSteps", "true"), ("pipeline.training.initialFactor", "8"), ("pipeline.mix.batchSize", "16"), ("pipeline.evaluation.heldOutShare", "0.12"), ("pipeline.limiter.minExamples", "200")],
            StartingRule.Choose(set, StartingNetwork.Text, options, _ => false).Select(p => (p.Key, p.Value)));
        Assert.Equal(
            ["pipeline.training.initialFactor", "pipeline.mix.batchSize", "pipeline.limiter.minExamples"],
            StartingRule.Choose(set, StartingNetwork.Text, options, key => key is "pipeline.limiter.examplesPerStep" or "pipeline.evaluation.heldOutShare").Select(p => p.Key));
        Assert.Empty(StartingRule.Choose(set, StartingNetwork.Text, options, _ => true));
    }

    [Theory]
    [InlineData(49, null)]
    [InlineData(50, "128")]
    public void Many_classes_have_more_steps_per_example(int classes, string? expected)
    {
        var points = StartingRule.Choose(new SetFigures(15_000, null, IsWhole: true, classes), StartingNetwork.Text, new PipelineOptions(), _ => false);
        Assert.Equal(expected, points.SingleOrDefault(static p => p.Key == "pipeline.limiter.examplesPerStep")?.Value);
        Assert.Equal(expected is null, points.Any(static p => p.Key == "pipeline.miningBudget.balanceSteps"));
    }

    [Theory]
    [InlineData("pipeline.limiter.examplesPerStep")]
    [InlineData("pipeline.miningBudget.balanceSteps")]
    public void A_given_number_of_steps_stays_with_many_classes(string given) =>
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(15_000, null, IsWhole: true, 150), StartingNetwork.Text, new PipelineOptions(), key => key == given), p => p.Key is "pipeline.limiter.examplesPerStep" or "pipeline.miningBudget.balanceSteps");

    [Theory]
    [InlineData("pipeline.mix.batchSize")]
    [InlineData("pipeline.training.learningRate")]
    public void A_given_batch_size_or_learning_rate_keeps_the_batch_size(string given) =>
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(2_000, 300, IsWhole: true), StartingNetwork.Text, new PipelineOptions(), key => key == given), p => p.Key == "pipeline.mix.batchSize");

    [Theory]
    [InlineData("pipeline.training.learningRate")]
    [InlineData("pipeline.training.initialFactor")]
    public void A_given_learning_rate_is_used_from_the_first_step(string given)
    {
        var (set, options) = (new SetFigures(20_000, null, IsWhole: false), new PipelineOptions());
        Assert.Contains(StartingRule.Choose(set, StartingNetwork.Text, options, _ => false), IsInitialFactor);
        Assert.DoesNotContain(StartingRule.Choose(set, StartingNetwork.Text, options, key => key == given), IsInitialFactor);
    }

    [Fact]
    public void Pretrained_networks_unknown_sets_and_schedules_have_no_larger_first_steps()
    {
        var (set, options) = (new SetFigures(20_000, 300, IsWhole: false), new PipelineOptions());
        Assert.DoesNotContain(StartingRule.Choose(set, StartingNetwork.Other, options, _ => false), IsInitialFactor);
        Assert.DoesNotContain(StartingRule.Choose(null, StartingNetwork.Text, options, _ => false), IsInitialFactor);
        options.Training.WarmupSteps = 10;
        Assert.DoesNotContain(StartingRule.Choose(set, StartingNetwork.Text, options, _ => false), IsInitialFactor);
    }

    [Fact]
    public void A_small_table_with_positives_has_small_batches_and_weight_decay()
    {
        var (set, options) = (new SetFigures(3_772, 93, IsWhole: true), new PipelineOptions());
        Assert.Equal(
            [("pipeline.training.initialSteps", "120"), ("pipeline.training.initialFactor", "8"), ("pipeline.mix.batchSize", "8"), ("pipeline.training.weightDecay", "0.0003")],
            StartingRule.Choose(set, StartingNetwork.Table, options, key => key is "pipeline.limiter.examplesPerStep" or "pipeline.limiter.minExamples").Select(p => (p.Key, p.Value)));
        Assert.Equal("128", StartingRule.Choose(set, StartingNetwork.Table, new PipelineOptions { Mode = "exact" }, _ => false).Single(p => p.Key == "pipeline.limiter.examplesPerStep").Value);
    }

    [Theory]
    // A set of which only the beginning was read, and one without positives.
    [InlineData(20_000, 300L, false)]
    [InlineData(2_000, null, true)]
    [InlineData(2_000, 0L, true)]
    public void Other_tables_have_no_weight_decay(long examples, long? positives, bool isWhole)
    {
        var points = StartingRule.Choose(new SetFigures(examples, positives, isWhole), StartingNetwork.Table, new PipelineOptions(), _ => false);
        Assert.DoesNotContain(points, p => p.Key is "pipeline.training.weightDecay" or "pipeline.training.initialSteps");
        Assert.DoesNotContain(("pipeline.mix.batchSize", "8"), points.Select(p => (p.Key, p.Value)));
    }

    [Theory]
    [InlineData("pipeline.training.weightDecay")]
    [InlineData("pipeline.training.learningRate")]
    public void A_given_weight_decay_or_learning_rate_keeps_the_weight_decay(string given) =>
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(2_000, 300, IsWhole: true), StartingNetwork.Table, new PipelineOptions(), key => key == given), p => p.Key == "pipeline.training.weightDecay");

    [Fact]
    public void Smaller_steps_train_on_as_many_rows_in_exact_mode()
    {
        var options = new PipelineOptions { Mode = "exact" };
        Assert.Equal("256", StartingRule.Choose(new SetFigures(20_000, 300, IsWhole: true), StartingNetwork.Text, options, _ => false).Single(p => p.Key == "pipeline.limiter.examplesPerStep").Value);
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(20_000, 300, IsWhole: true), StartingNetwork.Text, options, key => key == "pipeline.limiter.examplesPerStep"), p => p.Key == "pipeline.limiter.examplesPerStep");
    }

    [Fact]
    public void A_set_without_a_rare_class_and_other_optimizers_keep_their_batch_size()
    {
        var options = new PipelineOptions();
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(2_000, null, IsWhole: true), StartingNetwork.Text, options, _ => false), p => p.Key == "pipeline.mix.batchSize");
        options.Training.Optimizer = "prodigy";
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(2_000, 300, IsWhole: true), StartingNetwork.Text, options, _ => false), p => p.Key == "pipeline.mix.batchSize");
    }

    [Fact]
    public void The_size_of_a_set_that_was_not_read_to_its_end_decides_nothing_and_an_unknown_set_has_no_starting_points()
    {
        var options = new PipelineOptions { Mode = "exact" };
        options.Tuning.ComputeShare = 0.25;
        Assert.Equal(
            ["pipeline.mix.batchSize", "pipeline.limiter.examplesPerStep"],
            StartingRule.Choose(new SetFigures(20_000, 10, IsWhole: false), StartingNetwork.Other, options, _ => false).Select(p => p.Key));
        Assert.Empty(StartingRule.Choose(null, StartingNetwork.Text, options, _ => false));
    }

    private static bool IsInitialFactor(StartingPoint point) => point.Key == StartingRule.InitialFactorKey;
}
