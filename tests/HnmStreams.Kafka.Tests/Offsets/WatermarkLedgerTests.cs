using HnmStreams.Data.Records;
using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Kafka.Tests.Offsets;

public sealed class WatermarkLedgerTests
{
    [Fact]
    public void It_knows_what_it_was_told_last_and_nothing_else()
    {
        var ledger = new WatermarkLedger();
        ledger.Advance([new Watermark("b", 0, 5), new Watermark("a", 1, 3)]);
        ledger.Advance([new Watermark("b", 0, 9)]);

        Assert.True(ledger.TryGet("b", 0, out var next));
        Assert.Equal(9, next);
        Assert.False(ledger.TryGet("b", 1, out _));
        Assert.Equal([new Watermark("a", 1, 3), new Watermark("b", 0, 9)], ledger.Current);
    }

    [Fact]
    public void A_restored_ledger_starts_from_the_checkpoints_watermarks()
    {
        var ledger = new WatermarkLedger([new Watermark("a", 2, 7)]);

        Assert.True(ledger.TryGet("a", 2, out var next));
        Assert.Equal(7, next);
    }

    [Fact]
    public void An_offset_below_zero_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WatermarkLedger().Advance([new Watermark("a", 0, -1)]));
}
