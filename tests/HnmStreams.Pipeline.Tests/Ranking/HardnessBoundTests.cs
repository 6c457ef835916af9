using HnmStreams.Mining.Persistence;
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

    [Fact]
    public void More_pass_while_candidates_are_missed_and_fewer_while_none_is()
    {
        var bound = Observed(new HardnessBound(0));
        bound.Follow(new BoundStatus(999, 0));
        Assert.Equal(4, bound.Slack);
        bound.Follow(new BoundStatus(1_000, 0));
        Assert.Equal(3.6, bound.Slack, 6);
        // 5 of the next 1,000.
        bound.Follow(new BoundStatus(1_995, 5));
        Assert.Equal(5.4, bound.Slack, 6);
        for (var i = 1; i <= 20; i++)
            bound.Follow(new BoundStatus(1_995, 5 + (1_000 * i)));
        Assert.Equal(16, bound.Slack);
        Assert.InRange(bound.For(0.98f), 0.6f, 0.8f);
        for (var i = 1; i <= 40; i++)
            bound.Follow(new BoundStatus(1_995 + (1_000 * i), 20_005));
        Assert.Equal(1.5, bound.Slack);
        Assert.InRange(bound.For(0.98f), 0.955f, 0.98f);
    }

    [Fact]
    public void A_saved_slack_is_restored_and_an_impossible_one_refused()
    {
        var writer = new StateWriter();
        HardnessBound.SaveSlack(writer, 2.5);
        Assert.Equal(2.5, new HardnessBound(0, HardnessBound.ReadSlack(new StateReader(writer.Written))).Slack);
        foreach (var impossible in (double[])[double.NaN, 1, 17])
        {
            var wrong = new StateWriter();
            HardnessBound.SaveSlack(wrong, impossible);
            Assert.Throws<InvalidDataException>(() => HardnessBound.ReadSlack(new StateReader(wrong.Written)));
        }
    }

    private static HardnessBound Observed(HardnessBound bound)
    {
        var generator = new Xoshiro256StarStar(1);
        for (var i = 0; i < 4_096; i++)
            bound.Observe((float)generator.NextDouble());
        return bound;
    }
}
