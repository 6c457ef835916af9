using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Batching;

namespace HnmStreams.Pipeline.Tests.Batching;

public sealed class HeldOutSplitTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void Holds_out_the_share_that_was_asked_for(double share)
    {
        const int Ids = 100_000;
        var split = new HeldOutSplit(share);
        var held = Enumerable.Range(0, Ids).Count(i => split.Contains(ExampleKey.Of($"id-{i}")));
        // Five standard deviations of a binomial.
        var tolerance = 5 * Math.Sqrt(Ids * share * (1 - share));
        Assert.InRange(held, (Ids * share) - tolerance, (Ids * share) + tolerance);
    }

    [Fact]
    public void A_larger_share_holds_out_all_that_a_smaller_one_does()
    {
        var small = new HeldOutSplit(0.1);
        var large = new HeldOutSplit(0.2);
        var keys = Enumerable.Range(0, 10_000).Select(i => ExampleKey.Of($"id-{i}")).Where(small.Contains).ToList();
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.True(large.Contains(key)));
    }
}
