using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Json;

/// <summary>
/// The JSON form of an example, in UTF-8:
/// <code>
/// { "id": "a-1",
///   "target": { "class": 3 } | { "label": "cat" } | { "identity": "p-17" }
///           | { "identity": "q-1", "otherIdentities": ["q-2"] }
///           | { "labels": ["insult", "threat"] }
///           | { "boxes": [ { "left": 1, "top": 2, "right": 3.5, "bottom": 4, "label": "cat" } ] },
///   "input":  { "tensor": { "type": "uint8" | "float32", "shape": [28, 28], "data": "base64, little-endian" } }
///           | { "tensor": { "type": "float32", "shape": [2], "values": [0.5, 1] } }
///           | { "image": "base64 of a JPEG or PNG file" } | { "text": "…" }
///           | { "features": { "amount": 12.5, "country": "DE" } },
///   "eventTime": "2026-11-23T10:00:00Z",
///   "weight": 1 }
/// </code>
/// The flat form has the members of target and input at the top level:
/// <code>
/// { "id": "a-1", "text": "…", "label": "spam" }
/// { "id": 17, "features": { "amount": 12.5, "new": true, "note": null }, "class": 1 }
/// </code>
/// Target and input have exactly one member each. If <c>labels.mode</c> is later or mixed, either may be missing. The id may be omitted if the record has a key. eventTime (ISO 8601,
/// UTC if it has no offset) and weight are optional. In the flat form a label may be a number: a whole number of 0 or more is
/// a class index. A feature that is true or false is a category, and null is a missing feature. Unknown members are skipped,
/// and named if the example is rejected for a missing member; duplicate ones are rejected.
/// </summary>
internal sealed class JsonExample
{
    [JsonConverter(typeof(JsonNameConverter))]
    public string? Id { get; set; }

    public JsonTarget? Target { get; set; }

    public JsonInput? Input { get; set; }

    public string? EventTime { get; set; }

    public float? Weight { get; set; }

    public uint? Class { get; set; }

    [JsonConverter(typeof(JsonLabelConverter))]
    public JsonLabel? Label { get; set; }

    [JsonConverter(typeof(JsonNameConverter))]
    public string? Identity { get; set; }

    public IReadOnlyList<string>? OtherIdentities { get; set; }

    /// <summary>A set of labels if it is an array and the example has no other target; ignored otherwise, because other producers have such a member for something else.</summary>
    public JsonElement? Labels { get; set; }

    public IReadOnlyList<LabeledBox>? Boxes { get; set; }

    public JsonTensor? Tensor { get; set; }

    public ReadOnlyMemory<byte>? Image { get; set; }

    public string? Text { get; set; }

    [JsonConverter(typeof(JsonFeaturesConverter))]
    public IReadOnlyList<Feature>? Features { get; set; }
}

internal sealed class JsonTarget
{
    public uint? Class { get; set; }

    [JsonConverter(typeof(JsonNameConverter))]
    public string? Label { get; set; }

    [JsonConverter(typeof(JsonNameConverter))]
    public string? Identity { get; set; }

    public IReadOnlyList<string>? OtherIdentities { get; set; }

    public IReadOnlyList<string>? Labels { get; set; }

    public IReadOnlyList<LabeledBox>? Boxes { get; set; }
}

internal sealed class JsonInput
{
    public JsonTensor? Tensor { get; set; }

    public ReadOnlyMemory<byte>? Image { get; set; }

    public string? Text { get; set; }

    [JsonConverter(typeof(JsonFeaturesConverter))]
    public IReadOnlyList<Feature>? Features { get; set; }
}

internal sealed class JsonTensor
{
    public string? Type { get; set; }

    public IReadOnlyList<int>? Shape { get; set; }

    public ReadOnlyMemory<byte>? Data { get; set; }

    public float[]? Values { get; set; }
}

/// <summary>The serializer settings: bounded depth, no duplicate members, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 16,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(JsonExample))]
internal sealed partial class ExampleJsonContext : JsonSerializerContext;
