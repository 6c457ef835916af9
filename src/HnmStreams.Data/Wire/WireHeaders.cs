using HnmStreams.Data.Records;

namespace HnmStreams.Data.Wire;

/// <summary>The headers of a record that this service reads and writes; every other one is left alone.</summary>
public static class WireHeaders
{
    /// <summary>Names the form of the value: <see cref="Protobuf"/> or <see cref="Json"/>, ASCII, lower case.</summary>
    public const string Format = "hnm-format";

    /// <summary>Value of <see cref="Format"/> for example.proto.</summary>
    public const string Protobuf = "protobuf";

    /// <summary>Value of <see cref="Format"/> for the same example as JSON.</summary>
    public const string Json = "json";

    /// <summary>
    /// The true class, UTF-8, where a producer makes labels wrong on purpose: of each record of such a stream. For tests,
    /// and to judge what finds wrong labels; nothing that learns reads it.
    /// </summary>
    public const string Truth = "hnm-truth";

    /// <summary>W3C Trace Context: the producer's span.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>W3C Trace Context: vendors' additions.</summary>
    public const string TraceState = "tracestate";

    /// <summary>
    /// The form that the header's value names. An empty value counts as no header (<see cref="WireFormat.Unknown"/>);
    /// a name that nobody knows is <see cref="WireFormat.Unsupported"/>, never a guess. O(1), allocates nothing.
    /// </summary>
    public static WireFormat ParseFormat(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("protobuf"u8))
            return WireFormat.Protobuf;
        if (value.SequenceEqual("json"u8))
            return WireFormat.Json;
        return value.IsEmpty ? WireFormat.Unknown : WireFormat.Unsupported;
    }
}
