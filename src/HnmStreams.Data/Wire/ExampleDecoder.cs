using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Arrow.Messages;
using HnmStreams.Data.Wire.Arrow.Reading;
using HnmStreams.Data.Wire.Json;
using HnmStreams.Data.Wire.Protobuf;

namespace HnmStreams.Data.Wire;

/// <summary>A decoder of the formats of the contract, protobuf and JSON. It returns an example or the reason for the rejection.</summary>
/// <remarks>
/// Thread-safe. O(bytes). A protobuf record allocates the example and its id only: the data of tensors and images are slices of
/// the record's own bytes, and recurring values (shapes, classes, labels, feature names) are interned.
/// </remarks>
public sealed class ExampleDecoder : IRecordDecoder
{
    private readonly WireLimits _limits;
    private readonly WireFormat _assumed;
    private readonly ExampleRules _rules;
    private readonly ProtobufDecoder _protobuf;
    private readonly JsonDecoder _json;

    /// <param name="limits">The limits, which must not change afterwards.</param>
    /// <param name="assumed">The format of records without the header <see cref="WireHeaders.Format"/>. If it is unknown, the first byte decides.</param>
    /// <param name="labels">The way in which targets arrive; null if every example must be complete and <c>labels.mode</c> does not apply.</param>
    public ExampleDecoder(WireLimits limits, WireFormat assumed = WireFormat.Unknown, LabelMode? labels = null)
    {
        ArgumentNullException.ThrowIfNull(limits);
        (_limits, _assumed) = (limits, assumed);
        _rules = new ExampleRules(limits, labels);
        _protobuf = new ProtobufDecoder(_rules, new StringInterner());
        _json = new JsonDecoder(_rules);
    }

    /// <summary>The maximum size of a record's value in bytes.</summary>
    public int MaxRecordBytes => _limits.MaxRecordBytes;

    /// <summary>Completes at once: decoding needs nothing else.</summary>
    public ValueTask PrepareAsync(RecordChunk chunk, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public DecodeResult Decode(RecordChunk chunk, in RawRecord record)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        var key = chunk.Read(record.Key);
        if (!record.Value.IsNull)
            return Decode(chunk.Read(record.Value), record.Format, key);
        return key.IsEmpty
            ? DecodeResult.Rejected(new Rejection(RejectionReasons.MissingId, "A tombstone must have the id to remove as its key but has no key."))
            : DecodeResult.Deletion(key.Span);
    }

    /// <inheritdoc/>
    public bool HasRows(RecordChunk chunk, in RawRecord record)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        return !record.Value.IsNull && HasRows(chunk.Read(record.Value).Span, record.Format == WireFormat.Unknown ? _assumed : record.Format);
    }

    /// <summary>Returns true if a value carries many examples, so that <see cref="CreateRows"/> reads it instead of <see cref="Decode(ReadOnlyMemory{byte}, WireFormat, ReadOnlyMemory{byte})"/>.</summary>
    /// <param name="format">The format that a header or the settings name; if it is unknown, the first bytes decide.</param>
    public static bool HasRows(ReadOnlySpan<byte> value, WireFormat format) =>
        format == WireFormat.Arrow || (format == WireFormat.Unknown && ArrowMessages.Starts(value));

    /// <inheritdoc/>
    public RecordRows CreateRows() => new ArrowRows(_rules);

    /// <summary>Decodes a record with one example. Never throws for invalid bytes.</summary>
    /// <param name="value">
    /// The record's value. The tensor or image of the example references this memory: if it returns to a pool, encode or copy
    /// the example first.
    /// </param>
    /// <param name="format">The format that the header <see cref="WireHeaders.Format"/> names; unknown if it is absent.</param>
    /// <param name="key">The record's key, or empty. It replaces a missing id. An id that differs from it is rejected.</param>
    public DecodeResult Decode(ReadOnlyMemory<byte> value, WireFormat format, ReadOnlyMemory<byte> key)
    {
        if (value.Length > _limits.MaxRecordBytes)
            return DecodeResult.Rejected(Rejection.TooLarge("value", value.Length, _limits.MaxRecordBytes, "bytes", "maxRecordBytes"));
        if (format == WireFormat.Unknown)
            format = _assumed == WireFormat.Unknown ? DetectFormat(value.Span) : _assumed;
        Rejection? rejection;
        Example? example = null;
        switch (format)
        {
            case WireFormat.Protobuf:
                rejection = _protobuf.Decode(value, key.Span, out example);
                break;
            case WireFormat.Json:
                rejection = _json.Decode(value.Span, key.Span, out example);
                break;
            default:
                rejection = UnknownFormat(value.Span);
                break;
        }

        return rejection is null ? DecodeResult.Accepted(example!, _limits) : DecodeResult.Rejected(rejection);
    }

    /// <summary>
    /// Detects the format from the first byte. '{' would start a group of protobuf's field 15, which the contract reserves. A
    /// first byte that no field can start with (field number 0, a group, an undefined wire type) belongs to neither format. A byte-order mark and white space before the brace are skipped.
    /// </summary>
    private static WireFormat DetectFormat(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return WireFormat.Protobuf;
        if (value[0] == (byte)'{' || IsIndentedJson(value))
            return WireFormat.Json;
        var numbered = (value[0] & 0xF8) != 0;
        return numbered && (value[0] & 7) is 0 or 1 or 2 or 5 ? WireFormat.Protobuf : WireFormat.Unsupported;
    }

    // A line feed is also the tag of the id in protobuf, and '{' the length of an id of 123 bytes. JSON therefore has to look like
    // an object at both ends.
    private static bool IsIndentedJson(ReadOnlySpan<byte> value)
    {
        if (value.StartsWith("\uFEFF"u8))
            value = value[3..];
        value = value.Trim(" \t\r\n"u8);
        if (value.Length < 2 || value[0] != (byte)'{' || value[^1] != (byte)'}')
            return false;
        return value[1..].TrimStart(" \t\r\n"u8)[0] is (byte)'"' or (byte)'}';
    }

    private static Rejection UnknownFormat(ReadOnlySpan<byte> value) => new(
        RejectionReasons.UnknownFormat,
        value.IsEmpty || value[0] != 0
            ? $"The value is neither protobuf nor JSON according to the header {WireHeaders.Format} or its first byte."
            : "The value starts with a zero byte, like a message framed for a schema registry; send the message without the frame.");
}
