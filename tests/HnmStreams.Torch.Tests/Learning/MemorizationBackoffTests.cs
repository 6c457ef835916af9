using HnmStreams.Data.Rows;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning;

public sealed class MemorizationBackoffTests
{
    [Theory]
    [InlineData(0.4, 1)]
    [InlineData(0.1, 1)]
    [InlineData(0.05, 0.5)]
    [InlineData(0.001, 0.01)]
    [InlineData(0, 1e-6)]
    [InlineData(double.NaN, 1)]
    public void The_factor_is_proportional_to_the_hardness_below_the_limit(double hardness, double factor) =>
        Assert.Equal(factor, MemorizationBackoff.FactorOf(hardness, 0.1), 1e-12);

    [Fact]
    public void The_rate_is_full_before_the_first_batch_and_without_a_limit()
    {
        Assert.Equal(1, new MemorizationBackoff(0.1, isBinary: true).Factor);
        var off = new MemorizationBackoff(0, isBinary: true);
        off.Add([1, 0], [0, 0]);
        Assert.Equal(1, off.Factor);
    }

    [Fact]
    public void A_class_that_is_not_learned_keeps_the_full_rate_among_many_easy_rows()
    {
        var backoff = new MemorizationBackoff(0.1, isBinary: true);
        for (var i = 0; i < 200; i++)
            backoff.Add([0, 0, 0, 0, 0, 0, 0, 1], [0.001f, 0.001f, 0.001f, 0.001f, 0.001f, 0.001f, 0.001f, 0.5f]);
        Assert.Equal(1, backoff.Factor);
        for (var i = 0; i < 400; i++)
            backoff.Add([0, 1], [0.001f, 0.02f]);
        Assert.Equal(0.2, backoff.Factor, 1e-6);
    }

    [Fact]
    public void Several_classes_have_one_average()
    {
        var backoff = new MemorizationBackoff(0.1, isBinary: false);
        backoff.Add([0, 1, 2, 3], [0.1f, 0.0f, 0.0f, 0.1f]);
        Assert.Equal(0.5, backoff.Factor, 1e-6);
    }

    [Fact]
    public void New_examples_raise_the_rate_again()
    {
        var backoff = new MemorizationBackoff(0.1, isBinary: true);
        for (var i = 0; i < 100; i++)
            backoff.Add([0, 1], [0.001f, 0.001f]);
        Assert.InRange(backoff.Factor, 0, 0.02);
        for (var i = 0; i < 3; i++)
            backoff.Add([0, 1], [2, 0.001f]);
        Assert.Equal(1, backoff.Factor);
    }

    [Fact]
    public void Memorized_rows_move_the_weights_less_and_a_restored_learner_continues_with_the_same_bits()
    {
        using var rows = VectorTask.Rows(32, seed: 1);
        using var full = new Learner(new VectorTask { HardnessIsLogLoss = true }, new TrainingOptions { LearningRate = 0.05, FullRateHardness = 0 }, CPU, 1, 1);
        using var backedOff = new Learner(new VectorTask { HardnessIsLogLoss = true }, new TrainingOptions { LearningRate = 0.05 }, CPU, 1, 1);
        for (var i = 0; i < 400; i++)
        {
            full.Step(rows);
            backedOff.Step(rows);
        }

        Assert.Equal(1, full.RateFactor);
        Assert.InRange(backedOff.RateFactor, 0, 0.8);
        Assert.True(Moved(backedOff, rows) < 0.8 * Moved(full, rows));

        using var state = backedOff.Capture();
        using var restored = new Learner(new VectorTask { HardnessIsLogLoss = true }, new TrainingOptions { LearningRate = 0.05 }, CPU, 2, 1);
        restored.Restore(state);
        Assert.Equal(backedOff.RateFactor, restored.RateFactor);
        for (var i = 0; i < 10; i++)
        {
            backedOff.Step(rows);
            restored.Step(rows);
        }

        Assert.Equal(Weights(backedOff), Weights(restored));
        Assert.Equal(backedOff.RateFactor, restored.RateFactor);
    }

    [Fact]
    public void A_state_without_the_averages_starts_with_the_full_rate_and_a_damaged_one_is_refused()
    {
        using var rows = VectorTask.Rows(8, seed: 1);
        using var without = new Learner(new VectorTask { HardnessIsLogLoss = true }, new TrainingOptions { FullRateHardness = 0 }, CPU, 1, 1);
        without.Step(rows);
        using var state = without.Capture();
        using var learner = new Learner(new VectorTask { HardnessIsLogLoss = true }, new TrainingOptions(), CPU, 1, 1);
        learner.Restore(state);
        Assert.Equal(1, learner.RateFactor);
        using var damaged = tensor(new[] { 1f }, float32);
        Assert.Throws<InvalidDataException>(() => new MemorizationBackoff(0.1, isBinary: true).Restore(damaged));
    }

    private static double Moved(Learner learner, RowBuffer rows)
    {
        var before = Weights(learner);
        learner.Step(rows);
        return Weights(learner).Zip(before, (a, b) => Math.Abs(a - (double)b)).Sum();
    }

    private static float[] Weights(Learner learner)
    {
        using var snapshot = learner.Current();
        return [.. snapshot.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.data<float>().ToArray())];
    }
}
