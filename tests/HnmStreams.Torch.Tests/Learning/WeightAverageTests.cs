using HnmStreams.Torch.Learning;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning;

public sealed class WeightAverageTests
{
    [Theory]
    [InlineData(8, 1)]
    [InlineData(WeightAverage.LargeModel, WeightAverage.LargeModelInterval)]
    public void The_average_of_a_large_model_takes_in_every_fourth_step_with_the_decay_of_four(long size, int interval)
    {
        using var weights = zeros(size);
        using var average = new WeightAverage([("w", weights)], 0.9);
        var expected = 0.0;
        for (var step = 0; step < 120; step++)
        {
            weights.fill_(Value(step));
            average.Update();
            if ((step + 1) % interval != 0)
                continue;
            var decay = Enumerable.Range(step + 1 - interval, interval).Aggregate(1.0, (product, i) => product * Math.Min(0.9, (1.0 + i) / (10 + i)));
            expected = (decay * expected) + ((1 - decay) * Value(step));
        }

        Assert.Equal(120, average.Steps);
        Assert.Equal(expected, average.Averages[0].Tensor[0].item<float>(), 1e-4);
    }

    /// <summary>The value differs from that of an update per step by no more than the weights move within an interval.</summary>
    [Fact]
    public void The_average_of_a_large_model_is_close_to_that_of_every_step()
    {
        using var small = zeros(8);
        using var large = zeros(WeightAverage.LargeModel);
        using var each = new WeightAverage([("w", small)], 0.98);
        using var fourth = new WeightAverage([("w", large)], 0.98);
        for (var step = 0; step < 400; step++)
        {
            small.fill_(Value(step));
            large.fill_(Value(step));
            each.Update();
            fourth.Update();
        }

        Assert.Equal(each.Averages[0].Tensor[0].item<float>(), fourth.Averages[0].Tensor[0].item<float>(), 0.03);
    }

    // A slow movement.
    private static float Value(int step) => MathF.Sin(step * 0.02f);
}
