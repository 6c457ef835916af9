using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming.Chunks;

namespace HnmStreams.Kafka.Tests.Consuming.Chunks;

public sealed class RecordHeadersTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Span = "b7ad6b7169203331";

    [Theory]
    [InlineData("protobuf", WireFormat.Protobuf)]
    [InlineData("json", WireFormat.Json)]
    public void Reads_the_format_among_other_headers(string name, WireFormat expected) =>
        Assert.Equal(expected, RecordHeaders.Read(Headers(("x", "y"), ("hnm-format", name), ("z", "w"))).Format);

    [Fact]
    public void Without_headers_the_format_is_unknown()
    {
        Assert.Equal((WireFormat.Unknown, default(ActivityContext), false), RecordHeaders.Read(null));
        Assert.Equal((WireFormat.Unknown, default(ActivityContext), false), RecordHeaders.Read([]));
    }

    [Fact]
    public void Uses_the_last_format_header() =>
        Assert.Equal(WireFormat.Json, RecordHeaders.Read(Headers(("hnm-format", "protobuf"), ("hnm-format", "json"))).Format);

    [Theory]
    [InlineData("01")]
    [InlineData("03")]
    public void Reads_a_sampled_parent_with_its_trace_state(string flags)
    {
        var parent = RecordHeaders.Read(Headers(("tracestate", "v=1"), ("traceparent", $"00-{Trace}-{Span}-{flags}"))).Parent;

        Assert.Equal(Trace, parent.TraceId.ToHexString());
        Assert.Equal(Span, parent.SpanId.ToHexString());
        Assert.True(parent.IsRemote);
        Assert.Equal("v=1", parent.TraceState);
    }

    [Theory]
    [InlineData($"00-{Trace}-{Span}-00")]
    [InlineData($"00-{Trace}-{Span}-02")]
    [InlineData($"00-{Trace}-{Span}-0")]
    [InlineData($"00-{Trace}-{Span}-zz")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("")]
    [InlineData("arbitrary text with the length of a traceparent.......1")]
    public void Ignores_unsampled_and_malformed_parents(string value) =>
        Assert.Equal(default, RecordHeaders.Read(Headers(("traceparent", value))).Parent);

    private static Headers Headers(params (string Name, string Value)[] pairs)
    {
        var headers = new Headers();
        foreach (var (name, value) in pairs)
            headers.Add(name, Encoding.ASCII.GetBytes(value));
        return headers;
    }
}
