using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Tables;

public sealed class RunningScaleTests
{
    private static readonly (int Column, float Value)[][] Batches =
    [
        [(0, 3), (0, -1), (2, 1e6f), (2, 5)],
        [(0, 0), (0, 0), (0, 8)],
        [(2, 17), (0, 2.5f), (2, -300), (0, 1)],
    ];

    [Fact]
    public void Moments_are_those_of_all_training_data_for_any_batches()
    {
        using var scope = NewDisposeScope();
        using var scale = new RunningScale(3);
        foreach (var batch in Batches)
            Forward(scale, batch);
        scale.eval();
        foreach (var column in new[] { 0, 2 })
        {
            var all = Batches.SelectMany(b => b).Where(x => x.Column == column).Select(x => (double)x.Value).ToArray();
            var mean = all.Average();
            var deviation = Math.Sqrt(all.Average(x => (x - mean) * (x - mean)));
            var typical = Math.Exp(all.Where(x => x != 0).Average(x => Math.Log(Math.Abs(x))));
            foreach (var x in new[] { -2f, 0, 4, 1e5f })
            {
                var actual = Forward(scale, [(column, x)]);
                Assert.Equal(Math.Clamp((x - mean) / deviation, -10, 10), actual[0], 1e-3);
                Assert.Equal(Math.Sign(x) * Math.Log(1 + (Math.Abs(x) / typical)), actual[1], 1e-3);
            }
        }
    }

    [Fact]
    public void Scoring_changes_no_moment_and_an_unknown_column_is_not_scaled()
    {
        using var scope = NewDisposeScope();
        using var scale = new RunningScale(3);
        Forward(scale, Batches[0]);
        scale.eval();
        var before = State(scale);
        Assert.Equal(1.5f, Forward(scale, [(1, 1.5f), (0, 100)])[0]);
        Assert.Equal(before, State(scale));
    }

    [Fact]
    public void A_constant_column_becomes_0_and_new_values_in_it_are_clipped_at_10()
    {
        using var scope = NewDisposeScope();
        using var scale = new RunningScale(1);
        for (var i = 0; i < 20; i++)
            Forward(scale, [(0, 0.1f), (0, 0.1f), (0, 0.1f)]);
        scale.eval();
        var scaled = Forward(scale, [(0, 0.1f), (0, 7), (0, -7)]);
        Assert.InRange(scaled[0], -0.1, 0.1);
        Assert.Equal((10, -10), (scaled[2], scaled[4]));
    }

    [Theory]
    [InlineData(float.MaxValue)]
    [InlineData(float.MinValue)]
    [InlineData(float.Epsilon)]
    [InlineData(0)]
    public void Outputs_are_finite_for_any_input(float value)
    {
        using var scope = NewDisposeScope();
        using var scale = new RunningScale(1);
        Assert.All(Forward(scale, [(0, value), (0, 1), (0, -value)]), x => Assert.True(float.IsFinite(x)));
        Assert.All(State(scale), x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void After_a_million_numbers_the_moments_follow_the_stream()
    {
        using var scope = NewDisposeScope();
        using var scale = new RunningScale(1);
        var (count, mean) = (scale.get_buffer("count")!, scale.get_buffer("mean")!);
        count.fill_(RunningScale.MaxCount);
        Forward(scale, [.. Enumerable.Repeat((0, 1f), 1024)]);
        Assert.Equal(RunningScale.MaxCount, count.item<float>());
        Assert.Equal(1024 / (RunningScale.MaxCount + 1024), mean.item<float>(), 1e-6);
    }

    private static float[] Forward(RunningScale scale, (int Column, float Value)[] numbers) =>
        scale.forward(tensor([.. numbers.Select(x => x.Value)]), tensor([.. numbers.Select(x => (long)x.Column)])).data<float>().ToArray();

    private static float[] State(RunningScale scale) => [.. scale.named_buffers().SelectMany(b => b.buffer.data<float>().ToArray())];
}
