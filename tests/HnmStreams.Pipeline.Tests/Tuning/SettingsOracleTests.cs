using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Tuning;

namespace HnmStreams.Pipeline.Tests.Tuning;

public sealed class SettingsOracleTests
{
    private static readonly TunedSettings Start = new(0.01, 0, 0.5, 0.25);

    [Fact]
    public void Proposes_the_next_values_of_each_setting_and_the_most_important_first()
    {
        var neighbors = new SettingsOracle(Start, _ => false, hasPositives: true).Neighbors(Start);
        Assert.Equal(
            [
                "pipeline.training.learningRate=0.03",
                "pipeline.training.learningRate=0.00333333",
                "pipeline.mix.hardShare=0.75",
                "pipeline.mix.hardShare=0.25",
                "pipeline.mix.positiveShare=0.5",
                "pipeline.mix.positiveShare=0.12",
                "pipeline.training.weightDecay=0.00001",
            ],
            neighbors.Select(n => n.ChangesFrom(Start)));
    }

    [Fact]
    public void A_fixed_setting_stays_and_a_task_without_a_rare_class_has_no_share_of_positives()
    {
        var neighbors = new SettingsOracle(Start, key => key is TunedSettings.LearningRateKey or TunedSettings.WeightDecayKey, hasPositives: false).Neighbors(Start);
        Assert.Equal(["pipeline.mix.hardShare=0.75", "pipeline.mix.hardShare=0.25"], neighbors.Select(n => n.ChangesFrom(Start)));
        Assert.Null(new SettingsOracle(Start, _ => true, hasPositives: true).Next(Start, [], []));
    }

    [Theory]
    [InlineData(0.1, "0.03333333")]
    [InlineData(0.001, "0.003")]
    public void The_learning_rate_stays_within_a_factor_of_ten_of_its_start(double rate, string only)
    {
        var champion = Start with { LearningRate = rate };
        var rates = new SettingsOracle(Start, key => key != TunedSettings.LearningRateKey, hasPositives: true).Neighbors(champion);
        Assert.Equal([$"pipeline.training.learningRate={only}"], rates.Select(n => n.ChangesFrom(champion)));
    }

    [Fact]
    public void Proposes_what_was_not_tried_and_then_the_oldest_again()
    {
        var oracle = new SettingsOracle(Start, key => key != TunedSettings.HardShareKey, hasPositives: true);
        var (up, down) = (Start with { HardShare = 0.75 }, Start with { HardShare = 0.25 });
        Assert.Equal(up, oracle.Next(Start, [], []));
        Assert.Equal(down, oracle.Next(Start, [up], [up]));
        Assert.Equal(up, oracle.Next(Start, [up, down], [down]));
        Assert.Equal(down, oracle.Next(Start, [up, down, up], []));
        Assert.Null(oracle.Next(Start, [up, down], [up, down]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_share_at_its_bound_has_one_neighbor(double share)
    {
        var champion = Start with { HardShare = share };
        Assert.Single(new SettingsOracle(Start, key => key != TunedSettings.HardShareKey, hasPositives: true).Neighbors(champion));
    }
}
