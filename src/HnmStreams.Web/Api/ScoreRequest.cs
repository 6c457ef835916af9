using System.Buffers;
using System.Globalization;
using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Web.Api;

/// <summary>The body of <c>POST /api/score</c>: a JSON array of examples as producers write them; id and target may be left out.</summary>
internal static class ScoreRequest
{
    /// <summary>Examples at most.</summary>
    public const int Most = 256;

    /// <summary>Bytes at most.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    /// <returns>The examples, or in <paramref name="problem"/> what is wrong with the body.</returns>
    public static IReadOnlyList<Example>? Read(JsonElement body, ExampleDecoder decoder, out string? problem)
    {
        problem = body.ValueKind != JsonValueKind.Array ? $"the body is {body.ValueKind}; a JSON array of examples is expected"
            : body.GetArrayLength() is 0 or > Most ? $"there are {body.GetArrayLength()} examples; 1 to {Most} are expected"
            : null;
        if (problem is not null)
            return null;
        var examples = new List<Example>();
        foreach (var item in body.EnumerateArray())
        {
            var place = examples.Count.ToString(CultureInfo.InvariantCulture);
            if (item.ValueKind != JsonValueKind.Object)
            {
                problem = $"example {place} is {item.ValueKind}; an object is expected";
                return null;
            }

            var decoded = decoder.Decode(Completed(item, place), WireFormat.Json, default);
            if (decoded.Example is not { } example)
            {
                problem = $"example {place}: {decoded.Detail}";
                return null;
            }

            examples.Add(example);
        }

        return examples;
    }

    // Who asks what something is does not know its label: the first class stands for it and is not looked at.
    private static byte[] Completed(JsonElement item, string place)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var property in item.EnumerateObject())
                property.WriteTo(json);
            if (!item.TryGetProperty("id", out _))
                json.WriteString("id", place);
            if (!item.TryGetProperty("target", out _))
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
