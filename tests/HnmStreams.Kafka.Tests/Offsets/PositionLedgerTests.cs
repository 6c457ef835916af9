using HnmStreams.Data.Records;
using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Kafka.Tests.Offsets;

public sealed class PositionLedgerTests
{
    [Fact]
    public void Returns_the_newest_position_of_each_partition()
    {
        var ledger = new PositionLedger();
        ledger.Advance([new StreamPosition("b", 0, 5), new StreamPosition("a", 1, 3)]);
        ledger.Advance([new StreamPosition("b", 0, 9)]);

        Assert.True(ledger.TryGet("b", 0, out var next));
        Assert.Equal(9, next);
        Assert.False(ledger.TryGet("b", 1, out _));
        Assert.Equal([new StreamPosition("a", 1, 3), new StreamPosition("b", 0, 9)], ledger.Current);
    }

    [Fact]
    public void A_restored_ledger_contains_the_positions_of_the_checkpoint()
    {
        var ledger = new PositionLedger([new StreamPosition("a", 2, 7)]);

        Assert.True(ledger.TryGet("a", 2, out var next));
        Assert.Equal(7, next);
    }

    [Fact]
    public void Rejects_a_negative_offset() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PositionLedger().Advance([new StreamPosition("a", 0, -1)]));
}
