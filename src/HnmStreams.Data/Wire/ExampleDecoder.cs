using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Json;
using HnmStreams.Data.Wire.Protobuf;

namespace HnmStreams.Data.Wire;

/// <summary>Turns the value of a record into an example, or says why it cannot.</summary>
/// <remarks>
/// Thread-safe. O(bytes). A protobuf record costs the example itself and its id: the data of a tensor and of an image
/// are slices of the record's own bytes, and what recurs (shapes, classes, labels, feature names) is shared.
/// </remarks>
public sealed class ExampleDecoder
{
    private readonly WireLimits _limits;
    private readonly ProtobufDecoder _protobuf;
    private readonly JsonDecoder _json;

    /// <param name="limits">Read while decoding; not to be changed any more.</param>
    public ExampleDecoder(WireLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        var rules = new ExampleRules(limits);
        _protobuf = new ProtobufDecoder(rules, new StringInterner());
        _json = new JsonDecoder(rules);
    }

    /// <summary>Never throws for bad bytes.</summary>
    /// <param name="value">
    /// The record's value. The example's tensor or image points into it: where the memory goes back to a pool, encode
    /// or copy the example first.
    /// </param>
    /// <param name="format">What the header <see cref="WireHeaders.Format"/> named; unknown where it was absent.</param>
    /// <param name="key">The record's key, empty for none. It stands in for an absent id, and an id that differs from it is refused.</param>
    public DecodeResult Decode(ReadOnlyMemory<byte> value, WireFormat format, ReadOnlyMemory<byte> key)
    {
        if (value.Length > _limits.MaxRecordBytes)
            return DecodeResult.Refused(Rejection.TooLarge("Bytes of the value", value.Length, _limits.MaxRecordBytes, "maxRecordBytes"));
        if (format == WireFormat.Unknown)
            format = Sniff(value.Span);
        Rejection? fault;
        Example? example = null;
        switch (format)
        {
            case WireFormat.Protobuf:
                fault = _protobuf.Decode(value, key.Span, out example);
                break;
            case WireFormat.Json:
                fault = _json.Decode(value.Span, key.Span, out example);
                break;
            default:
                fault = UnknownFormat(value.Span);
                break;
        }

        return fault is null ? new DecodeResult(example, null, null) : DecodeResult.Refused(fault);
    }

    /// <summary>
    /// '{' would open a group of protobuf's field 15, which the contract keeps free. A first byte that no field can
    /// start with (number 0, a group, an undefined type) is of neither form.
    /// </summary>
    private static WireFormat Sniff(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return WireFormat.Protobuf;
        if (value[0] == (byte)'{')
            return WireFormat.Json;
        var numbered = (value[0] & 0xF8) != 0;
        return numbered && (value[0] & 7) is 0 or 1 or 2 or 5 ? WireFormat.Protobuf : WireFormat.Unsupported;
    }

    private static Rejection UnknownFormat(ReadOnlySpan<byte> value) => new(
        DecodeReasons.UnknownFormat,
        value.IsEmpty || value[0] != 0
            ? $"Neither protobuf nor JSON as the header {WireHeaders.Format} or the first byte tells."
            : "The value starts with a zero byte, like the frame of a schema registry: send the bare message.");
}
