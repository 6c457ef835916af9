using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HnmStreams.Data.Wire.Json;

/// <summary>A converter of ids and labels that people write as numbers or booleans: they become their text, as in files.</summary>
internal sealed class JsonNameConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => throw new JsonException("An id or label must be a string, a number or a boolean."),
    };

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>A label of the flat form: a number is a class index if it is a whole number of 0 or more, else a class name.</summary>
internal readonly record struct JsonLabel(string Text, bool IsNumber);

/// <summary>A converter of <see cref="JsonLabel"/> from strings, numbers and booleans.</summary>
internal sealed class JsonLabelConverter : JsonConverter<JsonLabel>
{
    private static readonly JsonNameConverter Names = new();

    public override JsonLabel Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(Names.Read(ref reader, typeof(string), options)!, reader.TokenType == JsonTokenType.Number);

    public override void Write(Utf8JsonWriter writer, JsonLabel value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
