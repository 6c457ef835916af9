using System.Buffers;
using System.Globalization;
using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Web.Api.Models;

/// <summary>The body of <c>POST /api/score</c>: a JSON array of examples in the format of the stream. Id and target are optional.</summary>
internal static class ScoreRequest
{
    /// <summary>Maximum number of examples in a request.</summary>
    public const int MaxExamples = 256;

    /// <summary>Maximum size of a request body in bytes.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    // Each of them is the target of an example, nested or in the flat form.
    private static readonly string[] TargetMembers = ["target", "class", "label", "identity", "boxes"];

    /// <summary>Reads the examples of a body one by one, so that the memory in use is the body, the examples and the syntax tree of one of them.</summary>
    /// <returns>The examples, or null with the reason in <paramref name="problem"/>.</returns>
    public static IReadOnlyList<Example>? Read(ReadOnlyMemory<byte> body, ExampleDecoder decoder, out string? problem)
    {
        var examples = new List<Example>();
        try
        {
            var reader = new Utf8JsonReader(body.Span);
            reader.Read();
            problem = reader.TokenType == JsonTokenType.StartArray ? null : $"The body must be a JSON array of examples but is {NameOf(reader.TokenType)}.";
            while (problem is null && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                problem = ReadExample(ref reader, body, decoder, examples);
            // Anything behind the array is not JSON.
            if (problem is null && !reader.Read() && examples.Count > 0)
                return examples;
            problem ??= $"The body must contain 1 to {MaxExamples} examples but contains 0.";
        }
        catch (JsonException e)
        {
            problem = $"The body is not valid JSON: {e.Message}";
        }

        return null;
    }

    /// <summary>Reads a body of at most <see cref="MaxBytes"/>, which the server enforces while it reads.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(Stream body, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        await body.CopyToAsync(buffer, cancellation);
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static string? ReadExample(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, ExampleDecoder decoder, List<Example> examples)
    {
        var index = examples.Count.ToString(CultureInfo.InvariantCulture);
        if (examples.Count == MaxExamples)
            return $"The body must contain 1 to {MaxExamples} examples but contains more.";
        if (reader.TokenType != JsonTokenType.StartObject)
            return $"Example {index} must be a JSON object but is {NameOf(reader.TokenType)}.";
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var length = (int)reader.BytesConsumed - start;
        if (length > decoder.MaxRecordBytes)
            return $"Example {index} must have at most {decoder.MaxRecordBytes} bytes (wire.maxRecordBytes) but has {length}.";
        using var item = JsonDocument.Parse(body.Slice(start, length));
        var decoded = decoder.Decode(WithIdAndTarget(item.RootElement, index), WireFormat.Json, default);
        if (decoded.Example is not { } example)
            return $"Example {index} is invalid: {decoded.Detail}";
        examples.Add(example);
        return null;
    }

    private static string NameOf(JsonTokenType kind) => kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        _ => "null",
    };

    // The decoder requires a target, which scoring does not read: a missing one becomes class 0.
    private static byte[] WithIdAndTarget(JsonElement item, string index)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var property in item.EnumerateObject())
                property.WriteTo(json);
            if (!item.TryGetProperty("id", out _))
                json.WriteString("id", index);
            if (!TargetMembers.Any(name => item.TryGetProperty(name, out _)))
            {
                json.WriteStartObject("target");
                json.WriteNumber("class", 0);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
