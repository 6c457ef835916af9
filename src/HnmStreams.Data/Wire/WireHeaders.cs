using System.Text;
using HnmStreams.Data.Records;

namespace HnmStreams.Data.Wire;

/// <summary>The record headers that this service reads and writes. All others are ignored.</summary>
public static class WireHeaders
{
    /// <summary>The header with the format of the value: <see cref="Protobuf"/>, <see cref="Json"/> or <see cref="Arrow"/> in ASCII, in upper or lower case.</summary>
    public const string Format = "hnm-format";

    /// <summary>The value of <see cref="Format"/> for example.proto.</summary>
    public const string Protobuf = "protobuf";

    /// <summary>The value of <see cref="Format"/> for the JSON form.</summary>
    public const string Json = "json";

    /// <summary>The value of <see cref="Format"/> for an Arrow IPC stream or file, which carries many examples.</summary>
    public const string Arrow = "arrow";

    /// <summary>
    /// The header with the true class in UTF-8, set on every record of a stream whose producer simulates label errors. Used by
    /// tests and to evaluate label-noise detection; training never reads it.
    /// </summary>
    public const string Truth = "hnm-truth";

    /// <summary>The header with the context of the producer's span (W3C Trace Context).</summary>
    public const string TraceParent = "traceparent";

    /// <summary>The header with vendor-specific trace data (W3C Trace Context).</summary>
    public const string TraceState = "tracestate";

    /// <summary>
    /// Returns the format that a header value names. An empty value counts as no header (<see cref="WireFormat.Unknown"/>); any
    /// other name is <see cref="WireFormat.Unsupported"/>. O(1), allocates nothing.
    /// </summary>
    public static WireFormat ParseFormat(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "protobuf"u8))
            return WireFormat.Protobuf;
        if (Ascii.EqualsIgnoreCase(value, "json"u8))
            return WireFormat.Json;
        if (Ascii.EqualsIgnoreCase(value, "arrow"u8))
            return WireFormat.Arrow;
        return value.IsEmpty ? WireFormat.Unknown : WireFormat.Unsupported;
    }
}
