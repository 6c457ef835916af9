using System.Buffers;
using System.Buffers.Text;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Envelopes;

/// <summary>
/// CloudEvents 1.0. In structured mode the value is a JSON event; in binary mode the attributes are the headers <c>ce_…</c> and the value is
/// the data. Paths are the same in both: <c>$.subject</c> is an attribute, <c>$.data</c> the data, read by its content type.
/// </summary>
/// <remarks>
/// Thread-safe. Specifications: cloudevents/spec, Kafka protocol binding 1.0.2 (sections 3.2 and 3.3) and JSON event format 1.0.2
/// (section 3). The CNCF's SDK is not used: it reports invalid events by exceptions and copies each one into objects.
/// </remarks>
internal sealed class CloudEventsEnvelope(JsonValueReader json, ExampleDecoder contract) : IEnvelope
{
    private static readonly string[] Required = ["specversion", "id", "source", "type"];

    public Rejection? Open(RecordChunk chunk, in RawRecord record, IValueReader reader, out OpenedRecord opened)
    {
        opened = default;
        if (record.Headers.IsNull)
            return new Rejection(RejectionReasons.TooLarge, $"The headers ce_… and content-type of the record must have at most {CapturedHeaders.MaxBytes} bytes but have more.");
        var block = chunk.Read(record.Headers);
        var headers = new CapturedHeaders(block.Span);
        var contentType = MediaType.Of(headers.Last("content-type"u8));
        var source = new Source(chunk, chunk.Read(record.Value), chunk.Read(record.Key), reader);
        if (headers.Last("ce_specversion"u8).IsEmpty || contentType.StartsWith("application/cloudevents", StringComparison.Ordinal))
            return OpenStructured(source, contentType, out opened);
        return OpenBinary(source, block, contentType, out opened);
    }

    private Rejection? OpenStructured(Source source, string contentType, out OpenedRecord opened)
    {
        opened = default;
        if (contentType.StartsWith("application/cloudevents", StringComparison.Ordinal) && contentType is not "application/cloudevents+json")
            return new Rejection(RejectionReasons.UnknownFormat, $"The content type of the event must be application/cloudevents+json, or the record must be in binary mode with headers ce_…, but it is {ShortText.Of(contentType)}.");
        if (json.Read(source.Value, out var root) is { } rejection)
            return rejection;
        if (root.Kind != FieldKind.Object)
            return Rejection.Malformed($"The record must be a CloudEvent, a JSON object, but is {root.Describe()}.");
        if (CheckAttributes(root, binary: false) is { } invalid)
            return invalid;
        if (root.Member("data_base64") is not { IsAbsent: false } base64)
        {
            opened = new OpenedRecord(root);
            return null;
        }

        if (base64.Kind != FieldKind.Text)
            return Rejection.Malformed($"The field $.data_base64 of the event must be base64 but is {base64.Describe()}.");
        var data = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Bytes.Length)];
        if (Base64.DecodeFromUtf8(base64.Bytes.Span, data, out _, out var length) != OperationStatus.Done)
            return Rejection.Malformed("The field $.data_base64 of the event must be base64 but is other text.");
        var type = root.Member("datacontenttype") is { Kind: FieldKind.Text } named ? MediaType.Of(named.Bytes.Span) : "application/octet-stream";
        return OpenData(source with { Value = data.AsMemory(0, length) }, type, root.Members.Where(static m => m.Name is not ("data" or "data_base64")), out opened);
    }

    private Rejection? OpenBinary(Source source, ReadOnlyMemory<byte> block, string contentType, out OpenedRecord opened)
    {
        opened = default;
        var members = new List<FieldMember>();
        var headers = new CapturedHeaders(block.Span);
        var at = 0;
        while (headers.TryNext(ref at, out var name, out var value))
        {
            if (name.StartsWith("ce_"u8))
                members.Add(new FieldMember(Encoding.UTF8.GetString(name[3..]), FieldValue.OfText(value.ToArray())));
            else
                members.Add(new FieldMember("datacontenttype", FieldValue.OfText(value.ToArray())));
        }

        return CheckAttributes(FieldValue.Of(members.ToArray()), binary: true) ?? OpenData(source, contentType, members, out opened);
    }

    private Rejection? OpenData(Source source, string contentType, IEnumerable<FieldMember> attributes, out OpenedRecord opened)
    {
        opened = default;
        if (MediaType.IsProtobuf(contentType) && !source.Reader.Recognizes(source.Value.Span))
        {
            opened = new OpenedRecord(default) { Direct = Contract(source) };
            return null;
        }

        if (ReadData(source, contentType, out var data) is { } rejection)
            return new Rejection(rejection.Reason, $"The data of the event: {rejection.Detail}");
        opened = new OpenedRecord(FieldValue.Of(attributes.Append(new FieldMember("data", data)).ToArray()));
        return null;
    }

    private Rejection? ReadData(Source source, string contentType, out FieldValue data)
    {
        if (source.Reader.Recognizes(source.Value.Span))
            return source.Reader.Read(source.Chunk, source.Value, out data);
        if (MediaType.IsJson(contentType))
            return json.Read(source.Value, out data);
        data = contentType.StartsWith("text/", StringComparison.Ordinal) ? FieldValue.OfText(source.Value) : FieldValue.OfBytes(source.Value);
        return null;
    }

    // The key of an event only selects its partition. It is the id only if the example has none.
    private DecodeResult Contract(Source source)
    {
        var result = contract.Decode(source.Value, WireFormat.Protobuf, default);
        return result.Reason == RejectionReasons.MissingId && !source.Key.IsEmpty ? contract.Decode(source.Value, WireFormat.Protobuf, source.Key) : result;
    }

    private static Rejection? CheckAttributes(in FieldValue root, bool binary)
    {
        foreach (var name in Required)
        {
            if (root.Member(name) is not { Kind: FieldKind.Text, Bytes.IsEmpty: false })
                return Rejection.Malformed($"The CloudEvent must have the attribute {name} ({(binary ? $"header ce_{name}" : $"$.{name}")}), text that is not empty, but it is {(root.Member(name).Kind == FieldKind.Text ? "empty" : root.Member(name).Describe())}.");
        }

        var version = root.Member("specversion").Bytes.Span;
        return version.SequenceEqual("1.0"u8) ? null : Rejection.Malformed($"The specversion of the CloudEvent must be 1.0 but is {ShortText.Of(Encoding.UTF8.GetString(version))}.");
    }

    private readonly record struct Source(RecordChunk Chunk, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Key, IValueReader Reader);
}
