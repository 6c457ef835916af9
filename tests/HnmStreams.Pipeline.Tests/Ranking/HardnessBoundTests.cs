using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Ranking.Sharing;

namespace HnmStreams.Pipeline.Tests.Ranking;

public sealed class HardnessBoundTests
{
    [Fact]
    public void Four_times_as_many_candidates_pass_as_exceed_the_threshold()
    {
        var bound = Observed(new HardnessBound(0));
        // 2 % of the candidates exceed 0.98.
        Assert.InRange(bound.For(0.98f), 0.89f, 0.95f);
        // At least 2 % pass, however few exceed the threshold.
        Assert.InRange(bound.For(5), 0.96f, 0.995f);
        // Most exceed the threshold, so that all may pass.
        Assert.Equal(float.NegativeInfinity, bound.For(0.2f));
    }

    [Fact]
    public void A_pool_with_room_takes_everything_unless_its_size_follows_the_stream()
    {
        Assert.Equal(float.NegativeInfinity, Observed(new HardnessBound(0)).For(float.NegativeInfinity));
        Assert.InRange(Observed(new HardnessBound(0.02)).For(float.NegativeInfinity), 0.89f, 0.95f);
        Assert.Equal(float.NegativeInfinity, new HardnessBound(0.02).For(float.NegativeInfinity));
    }

    [Fact]
    public void The_bound_follows_the_newest_candidates_and_ignores_NaN()
    {
        var bound = Observed(new HardnessBound(0));
        for (var i = 0; i < 4_096; i++)
            bound.Observe(i % 2 == 0 ? float.NaN : 7);
        Assert.Equal(7, bound.For(8));
    }

    private static HardnessBound Observed(HardnessBound bound)
    {
        var generator = new Xoshiro256StarStar(1);
        for (var i = 0; i < 4_096; i++)
            bound.Observe((float)generator.NextDouble());
        return bound;
    }
}
