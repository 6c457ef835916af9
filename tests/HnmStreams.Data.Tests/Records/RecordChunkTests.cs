using System.Diagnostics;
using CsCheck;
using HnmStreams.Data.Records;

namespace HnmStreams.Data.Tests.Records;

public sealed class RecordChunkTests
{
    [Fact]
    public void Reads_back_stored_bytes_after_the_buffer_has_grown() =>
        Gen.Byte.Array[0, 300].List[0, 40].Sample(static values =>
        {
            using var chunk = new RecordChunk(4, 0);
            var ranges = values.Select(v => chunk.Store(v)).ToList();
            Assert.Equal(values.Sum(static v => v.Length), chunk.Bytes);
            for (var i = 0; i < values.Count; i++)
                Assert.Equal(values[i], chunk.Read(ranges[i]).ToArray());
        });

    [Fact]
    public void Keeps_records_in_the_order_of_addition()
    {
        using var chunk = new RecordChunk(1);
        for (var i = 0; i < 100; i++)
            chunk.Add(new RawRecord("t", i % 3, i, 0, ByteRange.Null, ByteRange.Null, WireFormat.Unknown, 0, default(ActivityContext)));
        Assert.Equal(100, chunk.Count);
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => (long)i), chunk.Records.Select(static r => r.Offset));
        Assert.Equal("t[2]@5", chunk.Records[5].Origin.ToString());
    }

    [Fact]
    public void A_null_range_is_empty_but_differs_from_an_empty_range()
    {
        using var chunk = new RecordChunk();
        var empty = chunk.Store([]);
        Assert.True(ByteRange.Null.IsNull);
        Assert.False(empty.IsNull);
        Assert.True(chunk.Read(ByteRange.Null).IsEmpty);
        Assert.True(chunk.Read(empty).IsEmpty);
    }

    [Fact]
    public void Is_empty_and_rejects_bytes_after_disposal()
    {
        var chunk = new RecordChunk();
        chunk.Store([1, 2, 3]);
        chunk.Dispose();
        chunk.Dispose();
        Assert.Equal(0, chunk.Bytes);
        Assert.Throws<ObjectDisposedException>(() => chunk.Store([1]));
    }
}
