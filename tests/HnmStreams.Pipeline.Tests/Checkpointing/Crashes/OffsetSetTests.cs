using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Tests.Checkpointing.Crashes;

public sealed class OffsetSetTests
{
    [Fact]
    public void Behaves_like_a_set_of_single_offsets()
    {
        var generator = new Xoshiro256StarStar(5);
        for (var i = 0; i < 3_000; i++)
        {
            var (left, right) = (Spans(generator), Spans(generator));
            var (a, b) = (OffsetSet.Of(left), OffsetSet.Of(right));
            Assert.Equal(Each(left).Distinct().Order(), Each(a));
            Assert.Equal(Each(a).Count(), OffsetSet.Count(a));
            Assert.Equal(Each(a).Intersect(Each(b)).Order(), Each(OffsetSet.Intersect(a, b)));
            Assert.Equal(Each(a).Except(Each(b)).Order(), Each(OffsetSet.Except(a, b)));
            var (first, second) = OffsetSet.Halves(a);
            Assert.Equal(Each(a), Each(first).Concat(Each(second)));
            Assert.InRange(OffsetSet.Count(first) - OffsetSet.Count(second), 0, 1);
        }
    }

    [Fact]
    public void The_length_of_a_span_does_not_affect_the_cost()
    {
        var all = OffsetSet.Of([new("t", 0, 0, long.MaxValue), new("t", 1, 0, long.MaxValue)]);
        Assert.Equal(long.MaxValue, OffsetSet.Count(all));
        Assert.Equal([new OffsetSpan("t", 1, 0, long.MaxValue)], OffsetSet.Except(all, [new("t", 0, 0, long.MaxValue)]));
    }

    private static List<OffsetSpan> Spans(Xoshiro256StarStar generator)
    {
        var spans = new List<OffsetSpan>();
        for (var n = generator.NextInt32(5); n > 0; n--)
        {
            var first = generator.NextInt32(30);
            spans.Add(new OffsetSpan(generator.NextInt32(2) == 0 ? "a" : "b", generator.NextInt32(2), first, first + generator.NextInt32(9) - 1));
        }

        return spans;
    }

    private static IEnumerable<(string, int, long)> Each(IReadOnlyList<OffsetSpan> spans) =>
        spans.SelectMany(s => Enumerable.Range(0, (int)(s.Last - s.First + 1)).Select(i => (s.Topic, s.Partition, s.First + i)));
}
