using System.Diagnostics;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Telemetry;
using HnmStreams.Testing;

namespace HnmStreams.Kafka.Tests.Telemetry;

public sealed class ConsumeSpansTests : IDisposable
{
    private readonly EndedSpans _ended = new(KafkaInstruments.Name);

    public void Dispose() => _ended.Dispose();

    [Fact]
    public void Each_traced_record_has_a_span_in_its_own_trace_with_its_origin()
    {
        var parents = new[] { EndedSpans.NewTrace(), default, EndedSpans.NewTrace() };
        using var chunk = Chunk(parents);
        ConsumeSpans.Start("topic", chunk, [0, 2]).Dispose();

        Assert.Null(Activity.Current);
        foreach (var (index, offset) in new[] { (0, 100L), (2, 102L) })
        {
            var span = Assert.Single(_ended.All, s => s.TraceId == parents[index].TraceId);
            Assert.Equal(("hnm.consume", parents[index].SpanId), (span.OperationName, span.ParentSpanId));
            Assert.Equal(("topic", "3", offset), (span.GetTagItem("messaging.destination.name"), span.GetTagItem("messaging.destination.partition.id"), span.GetTagItem("messaging.kafka.offset")));
            Assert.Equal($"key-{index}", span.GetTagItem("messaging.kafka.message.key"));
            Assert.Equal(span.Context, chunk.Records[index].TraceParent);
        }

        Assert.Equal(default, chunk.Records[1].TraceParent);
    }

    [Fact]
    public void A_chunk_without_traced_records_has_no_spans()
    {
        using var chunk = Chunk([default]);
        ConsumeSpans.Start("topic", chunk, []).Dispose();
        Assert.DoesNotContain(_ended.All, s => Equals(s.GetTagItem("messaging.kafka.offset"), 100L) && s.ParentSpanId == default);
        Assert.Equal(default, chunk.Records[0].TraceParent);
    }

    private static RecordChunk Chunk(ActivityContext[] parents)
    {
        var chunk = new RecordChunk(4, 256);
        for (var i = 0; i < parents.Length; i++)
            chunk.Add(new RawRecord("topic", 3, 100 + i, 0, chunk.Store(System.Text.Encoding.UTF8.GetBytes($"key-{i}")), ByteRange.Null, WireFormat.Unknown, 0, parents[i]));
        return chunk;
    }
}
