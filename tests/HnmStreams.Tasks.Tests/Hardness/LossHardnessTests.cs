using CsCheck;
using HnmStreams.Tasks.Hardness;
using HnmStreams.Torch.Losses;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Hardness;

/// <summary>Tests that compare the hardness with torch's losses in double precision.</summary>
public sealed class LossHardnessTests
{
    [Fact]
    public void One_logit_gives_the_binary_cross_entropy() =>
        Gen.Select(Gen.Float[-80, 80], Gen.Int[0, 1]).Sample(
            (logit, label) =>
            {
                Span<float> hardness = [0];
                LossHardness.Binary([logit], [label], hardness);
                Assert.True(Close(TorchLoss(new BinaryCrossEntropy(), [logit], 1, label), hardness[0]), $"{hardness[0]}");
            },
            seed: "0000KOIPe036", iter: 500, threads: 1);

    [Fact]
    public void Several_logits_give_the_cross_entropy() =>
        Gen.Select(Gen.Float[-80, 80].Array[4], Gen.Int[0, 3]).Sample(
            (logits, label) =>
            {
                Span<float> hardness = [0];
                LossHardness.Classes(logits, 4, [label], hardness);
                Assert.Equal(TorchLoss(new CrossEntropy(), logits, 4, label), hardness[0], 1e-5);
            },
            seed: "0000KOIPe036", iter: 500, threads: 1);

    [Theory]
    [InlineData(1e38f, 1e38f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0f)]
    public void Extreme_logits_do_not_overflow_or_give_NaN(float logit, float expected)
    {
        Span<float> hardness = [0];
        LossHardness.Binary([logit], [0], hardness);
        Assert.Equal(expected, hardness[0]);
    }

    [Theory]
    [InlineData(-25f)]
    [InlineData(-40f)]
    [InlineData(-80f)]
    public void Very_small_hardness_is_accurate(float logit)
    {
        Span<float> hardness = [0];
        LossHardness.Binary([logit], [0], hardness);
        Assert.Equal(1, hardness[0] / Math.Exp(logit), 1e-6);
    }

    [Fact]
    public void Rows_are_independent()
    {
        Span<float> hardness = new float[2];
        LossHardness.Classes([0, 0, 5, 0], 2, [0, 1], hardness);
        Assert.Equal(Math.Log(2), hardness[0], 1e-6);
        Assert.Equal(5 + Math.Log(1 + Math.Exp(-5)), hardness[1], 1e-6);
    }

    // Torch subtracts two numbers of the logit's magnitude, so its own small losses are accurate only to about 1e-14.
    private static bool Close(double expected, float actual) => Math.Abs(expected - actual) <= (1e-6 * expected) + 1e-13;

    private static double TorchLoss(IExampleLoss loss, float[] logits, int width, int label)
    {
        using var scope = NewDisposeScope();
        return loss.PerExample(tensor(logits.Select(z => (double)z).ToArray()).view(1, width), tensor(new long[] { label })).item<double>();
    }
}
