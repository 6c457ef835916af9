using HnmStreams.Kafka.Consuming.Polling;

namespace HnmStreams.Kafka.Tests.Consuming.Polling;

public sealed class ReadableOffsetSearchTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 0, 1_000_000)]
    [InlineData(5, 5, 7)]
    [InlineData(5, 9, 10)]
    [InlineData(5, 9, 11)]
    [InlineData(100, 10_099, 10_100)]
    [InlineData(100, 10_099, 2_000_000_000)]
    [InlineData(7, 1_006, 1_500)]
    public void Finds_the_offset_after_the_batch_in_few_reads(long first, long last, long end)
    {
        var search = new ReadableOffsetSearch(first, end);
        var reads = 0;
        for (; !search.IsFinished; reads++)
        {
            // A read outside the partition would reset the position.
            Assert.InRange(search.Probe, first + 1, end);
            if (search.Probe <= last)
                search.MarkUnreadable();
            else
                search.MarkReadable();
        }

        Assert.Equal(last + 1, search.Probe);
        Assert.InRange(reads, 0, (2 * Math.Log2(last - first + 2)) + 2);
    }
}
