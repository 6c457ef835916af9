using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>A reader of the id in a record's key: plain UTF-8, a JSON text or object (also with Kafka Connect's schema wrapper), or the stream's own format.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FieldKeyReader(FieldRoles roles, ExampleRules rules, IValueReader values, JsonValueReader json)
{
    public Rejection? Read(RecordChunk chunk, ReadOnlyMemory<byte> key, out ReadOnlyMemory<byte> utf8Id)
    {
        utf8Id = default;
        if (key.IsEmpty)
            return rules.Id(default, default);
        if (ReadValue(chunk, key, out var value) is { } invalid)
            return new Rejection(invalid.Reason, $"The key: {invalid.Detail}");
        var id = value;
        if (roles.Key.IsMapped)
        {
            if (!roles.Key.TryFind(value, out id, out _))
                return new Rejection(RejectionReasons.MissingId, $"The key of the record must hold the id but {roles.Key.Explain(value)} ({roles.Key.Setting}).");
        }
        else if (value.Kind == FieldKind.Object)
        {
            if (value.Members is not [{ Value: var only }])
                return new Rejection(RejectionReasons.MissingId, $"The key of the record is an object with {value.Members.Length} members. Set wire.fields.key to the one with the id.");
            id = only;
        }

        if (!id.TryName(out utf8Id))
            return new Rejection(RejectionReasons.MissingId, $"The id in the key of the record must be text or a number but is {id.Describe()}.");
        return rules.Id(utf8Id.Span, default);
    }

    private Rejection? ReadValue(RecordChunk chunk, ReadOnlyMemory<byte> key, out FieldValue value)
    {
        Rejection? rejection;
        if (values.Recognizes(key.Span))
            rejection = values.Read(chunk, key, out value);
        // Kafka Connect writes a text key as a JSON text with quotes.
        else if (json.Recognizes(key.Span) || (key.Length > 1 && key.Span[0] == (byte)'"' && key.Span[^1] == (byte)'"'))
            rejection = json.Read(key, out value);
        else
            (value, rejection) = (FieldValue.OfText(key), null);
        if (value.Member("payload") is { Kind: not FieldKind.Missing } payload && value.Member("schema").Kind != FieldKind.Missing)
            value = payload;
        return rejection;
    }
}
