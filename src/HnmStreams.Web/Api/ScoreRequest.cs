using System.Buffers;
using System.Globalization;
using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Web.Api;

/// <summary>The body of <c>POST /api/score</c>: a JSON array of examples in the format of the stream. Id and target are optional.</summary>
internal static class ScoreRequest
{
    /// <summary>Maximum number of examples in a request.</summary>
    public const int MaxExamples = 256;

    /// <summary>Maximum size of a request body.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    // Each of them is the target of an example, nested or in the flat form.
    private static readonly string[] TargetMembers = ["target", "class", "label", "identity", "boxes"];

    /// <summary>Reads the examples of a body.</summary>
    /// <returns>The examples, or null with the reason in <paramref name="problem"/>.</returns>
    public static IReadOnlyList<Example>? Read(JsonElement body, ExampleDecoder decoder, out string? problem)
    {
        problem = body.ValueKind != JsonValueKind.Array ? $"The body must be a JSON array of examples but is {NameOf(body.ValueKind)}."
            : body.GetArrayLength() is 0 or > MaxExamples ? $"The body must contain 1 to {MaxExamples} examples but contains {body.GetArrayLength()}."
            : null;
        if (problem is not null)
            return null;
        var examples = new List<Example>();
        foreach (var item in body.EnumerateArray())
        {
            var index = examples.Count.ToString(CultureInfo.InvariantCulture);
            if (item.ValueKind != JsonValueKind.Object)
            {
                problem = $"Example {index} must be a JSON object but is {NameOf(item.ValueKind)}.";
                return null;
            }

            var decoded = decoder.Decode(WithIdAndTarget(item, index), WireFormat.Json, default);
            if (decoded.Example is not { } example)
            {
                problem = $"Example {index} is invalid: {decoded.Detail}";
                return null;
            }

            examples.Add(example);
        }

        return examples;
    }

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
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
