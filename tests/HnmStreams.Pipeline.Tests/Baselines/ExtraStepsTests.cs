using CsCheck;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Tests.Baselines;

public sealed class ExtraStepsTests
{
    [Fact]
    public void Extra_steps_use_the_credit_of_scoring_up_to_whole_steps() =>
        Gen.Select(Gen.Double[-10, 1000], Gen.Double[1e-4, 10]).Sample((credit, price) =>
        {
            var steps = ExtraSteps.PaidFor(credit, price);
            Assert.True(steps >= 0);
            Assert.True(steps == 0 || steps * price <= credit * (1 + 1e-12));
            Assert.True((steps + 1) * price > credit * (1 - 1e-12));
        });

    [Theory]
    [InlineData(0, 16, 0)]
    [InlineData(63, 16, 0)]
    [InlineData(64, 16, 1)]
    [InlineData(6_400, 16, 100)]
    public void In_exact_mode_a_trained_row_costs_four_forward_passes(long scored, int rows, long steps) =>
        Assert.Equal(steps, ExtraSteps.PaidFor(scored, rows));
}
