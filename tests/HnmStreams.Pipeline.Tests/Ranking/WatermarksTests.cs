using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Ranking;

namespace HnmStreams.Pipeline.Tests.Ranking;

public sealed class WatermarksTests
{
    [Fact]
    public void Stand_one_past_the_last_offset_of_each_partition()
    {
        var watermarks = new Watermarks();
        watermarks.Advance([new OffsetSpan("b", 1, 0, 9), new OffsetSpan("a", 0, 5, 5)]);
        watermarks.Advance([new OffsetSpan("b", 1, 10, 41)]);
        Assert.Equal([new Watermark("a", 0, 6), new Watermark("b", 1, 42)], watermarks.Snapshot());
    }
}
