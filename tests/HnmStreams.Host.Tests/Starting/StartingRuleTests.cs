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
        Assert.DoesNotContain(StartingRule.Choose(set, options, _ => false), p => p.Key == "pipeline.evaluation.heldOutShare");
        options.Tuning.ComputeShare = 0.25;
        Assert.Equal(
            [("pipeline.miningBudget.balanceSteps", "true"), ("pipeline.evaluation.heldOutShare", "0.12"), ("pipeline.limiter.minExamples", "200"), ("pipeline.mix.batchSize", "16")],
            StartingRule.Choose(set, options, _ => false).Select(p => (p.Key, p.Value)));
        Assert.Equal(
            ["pipeline.limiter.minExamples", "pipeline.mix.batchSize"],
            StartingRule.Choose(set, options, key => key is "pipeline.limiter.examplesPerStep" or "pipeline.evaluation.heldOutShare").Select(p => p.Key));
        Assert.Empty(StartingRule.Choose(set, options, _ => true));
    }

    [Theory]
    [InlineData("pipeline.mix.batchSize")]
    [InlineData("pipeline.training.learningRate")]
    public void A_given_batch_size_or_learning_rate_keeps_the_batch_size(string given) =>
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(2_000, 300, IsWhole: true), new PipelineOptions(), key => key == given), p => p.Key == "pipeline.mix.batchSize");

    [Fact]
    public void Smaller_steps_train_on_as_many_rows_in_exact_mode()
    {
        var options = new PipelineOptions { Mode = "exact" };
        Assert.Equal("256", StartingRule.Choose(new SetFigures(20_000, 300, IsWhole: true), options, _ => false).Single(p => p.Key == "pipeline.limiter.examplesPerStep").Value);
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(20_000, 300, IsWhole: true), options, key => key == "pipeline.limiter.examplesPerStep"), p => p.Key == "pipeline.limiter.examplesPerStep");
    }

    [Fact]
    public void A_set_without_a_rare_class_and_other_optimizers_keep_their_batch_size()
    {
        var options = new PipelineOptions();
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(2_000, null, IsWhole: true), options, _ => false), p => p.Key == "pipeline.mix.batchSize");
        options.Training.Optimizer = "prodigy";
        Assert.DoesNotContain(StartingRule.Choose(new SetFigures(2_000, 300, IsWhole: true), options, _ => false), p => p.Key == "pipeline.mix.batchSize");
    }

    [Fact]
    public void A_set_that_was_not_read_to_its_end_or_is_not_known_decides_nothing()
    {
        var options = new PipelineOptions { Mode = "exact" };
        Assert.Empty(StartingRule.Choose(new SetFigures(20_000, 10, IsWhole: false), options, _ => false));
        Assert.Empty(StartingRule.Choose(null, options, _ => false));
    }
}
