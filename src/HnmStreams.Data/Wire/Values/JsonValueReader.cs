using System.Text.Json;
using System.Text.Unicode;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;

namespace HnmStreams.Data.Wire.Values;

/// <summary>A reader of any JSON (RFC 8259). Duplicate members are rejected, because parsers disagree on them.</summary>
/// <remarks>Thread-safe. O(bytes). Texts without escapes are slices of the record.</remarks>
internal sealed class JsonValueReader(WireLimits limits, StringInterner interner) : IValueReader
{
    /// <summary>The maximum number of digits of a number. No double needs more, and converting more costs time.</summary>
    private const int MaxDigits = 400;

    /// <summary>Up to this number of members, comparing all pairs is faster than hashing.</summary>
    private const int MaxComparedMembers = 16;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = ValueBudget.MaxDepth };

    private readonly UniqueNames _names = new();

    public ValueTask PrepareAsync(RecordChunk chunk, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public bool Recognizes(ReadOnlySpan<byte> bytes) => bytes.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    public Rejection? Read(RecordChunk chunk, ReadOnlyMemory<byte> bytes, out FieldValue value) => Read(bytes, out value);

    public Rejection? Read(ReadOnlyMemory<byte> json, out FieldValue value)
    {
        value = default;
        // A byte-order mark is no JSON, but editors write one.
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        if (json.IsEmpty)
            return Rejection.Malformed("The value must be JSON but is empty.");
        try
        {
            var reader = new Utf8JsonReader(json.Span, Options);
            reader.Read();
            return ReadValue(ref reader, json, new ValueBudget(limits), out value) ?? (reader.Read() ? Rejection.Malformed("The value has more than one JSON value.") : null);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return Rejection.Malformed(e.Message);
        }
    }

    private Rejection? ReadValue(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, ValueBudget budget, out FieldValue value)
    {
        value = default;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, json, budget, out value);
            case JsonTokenType.StartArray:
                return ReadList(ref reader, json, budget, out value);
            case JsonTokenType.String:
                value = FieldValue.OfText(Text(ref reader, json));
                return null;
            case JsonTokenType.Number:
                return ReadNumber(ref reader, json, out value);
            case JsonTokenType.Null:
                value = FieldValue.Null;
                return null;
            default:
                value = FieldValue.Of(reader.TokenType == JsonTokenType.True);
                return null;
        }
    }

    private Rejection? ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, ValueBudget budget, out FieldValue value)
    {
        value = default;
        var members = default(PooledItems<FieldMember>);
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (budget.Take() is { } tooMany)
                    return tooMany;
                var utf8 = Text(ref reader, json).Span;
                if (!Utf8.IsValid(utf8))
                    return Rejection.Malformed("The name of a member is not valid UTF-8.");
                var name = interner.Name(utf8);
                reader.Read();
                if (ReadValue(ref reader, json, budget, out var member) is { } rejection)
                    return rejection;
                members.Add(new FieldMember(name, member));
            }

            value = FieldValue.Of(members.ToArray());
            return Repeated(members.Items) is { } repeated ? Rejection.Malformed($"The member {ShortText.Of(repeated)} occurs twice in an object.") : null;
        }
        finally
        {
            members.Dispose();
        }
    }

    private Rejection? ReadList(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, ValueBudget budget, out FieldValue value)
    {
        value = default;
        using var items = new ListBuilder(budget);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if ((ReadValue(ref reader, json, budget, out var item) ?? items.Add(item)) is { } rejection)
                return rejection;
        }

        value = items.Build();
        return null;
    }

    private static Rejection? ReadNumber(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, out FieldValue value)
    {
        value = default;
        if (reader.ValueSpan.Length > MaxDigits)
            return new Rejection(RejectionReasons.TooLarge, $"A number must have at most {MaxDigits} characters but has {reader.ValueSpan.Length}.");
        value = reader.TryGetInt64(out var integer)
            ? FieldValue.Of(integer)
            : FieldValue.Of(reader.GetDouble(), json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length));
        return null;
    }

    private static ReadOnlyMemory<byte> Text(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (!reader.ValueIsEscaped)
            return json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        // Unescaping never makes a text longer.
        var unescaped = new byte[reader.ValueSpan.Length];
        return unescaped.AsMemory(0, reader.CopyString(unescaped));
    }

    private string? Repeated(ReadOnlySpan<FieldMember> members)
    {
        if (members.Length > MaxComparedMembers)
            return _names.FindRepeated(members, static member => member.Name);
        for (var i = 1; i < members.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (string.Equals(members[i].Name, members[j].Name, StringComparison.Ordinal))
                    return members[i].Name;
            }
        }

        return null;
    }
}
