using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Pipeline.Tests.Memory;

public sealed class StreamPositionsTests
{
    [Fact]
    public void Positions_are_one_past_the_last_offset_of_each_partition()
    {
        var positions = new StreamPositions();
        positions.Advance([new OffsetSpan("b", 1, 0, 9), new OffsetSpan("a", 0, 5, 5)]);
        positions.Advance([new OffsetSpan("b", 1, 10, 41)]);
        Assert.Equal([new StreamPosition("a", 0, 6), new StreamPosition("b", 1, 42)], positions.Snapshot());
    }

    [Fact]
    public void Stay_at_a_record_whose_rows_continue_in_the_next_batch()
    {
        var positions = new StreamPositions();
        positions.Advance([new OffsetSpan("a", 0, 3, 5), new OffsetSpan("a", 1, 5, 5)], new Origin("a", 0, 5));
        Assert.Equal([new StreamPosition("a", 0, 5), new StreamPosition("a", 1, 6)], positions.Snapshot());
        positions.Advance([new OffsetSpan("a", 0, 5, 5)], new Origin("a", 0, 5));
        Assert.Equal(new StreamPosition("a", 0, 5), positions.Snapshot()[0]);
        positions.Advance([new OffsetSpan("a", 0, 5, 6)]);
        Assert.Equal(new StreamPosition("a", 0, 7), positions.Snapshot()[0]);
    }
}
