using CsCheck;
using HnmStreams.Torch.Learning.Optimizers;

namespace HnmStreams.Torch.Tests.Learning.Optimizers;

public sealed class FloatSpansTests
{
    [Fact]
    public void The_sum_of_squares_matches_a_loop() =>
        Gen.Float[-100, 100].Array[0, 3000].Sample(
            values =>
            {
                var naive = values.Sum(v => (double)v * v);
                Assert.Equal(naive, FloatSpans.SumOfSquares(values), (1e-5 * naive) + 1e-12);
            },
            seed: "0000KOIPe036", iter: 100, threads: 1);

    [Fact]
    public void A_value_that_is_not_finite_makes_the_sum_not_finite() =>
        Gen.Select(Gen.Int[1, 3000], Gen.Int[0, 2999], Gen.OneOf(Gen.Const(float.NaN), Gen.Const(float.PositiveInfinity), Gen.Const(float.NegativeInfinity))).Sample(
            (length, position, value) =>
            {
                var values = new float[length];
                values[position % length] = value;
                Assert.False(double.IsFinite(FloatSpans.SumOfSquares(values)));
            },
            seed: "0000KOIPe036", iter: 200, threads: 1);
}
