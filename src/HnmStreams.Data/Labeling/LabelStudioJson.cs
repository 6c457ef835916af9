using System.Text.Json.Serialization;

namespace HnmStreams.Data.Labeling;

/// <summary>A task of Label Studio's JSON format, as it is imported and exported. Members of the tool's own are ignored.</summary>
internal sealed record StudioTask(
    StudioData? Data,
    [property: JsonPropertyName("predictions")] IReadOnlyList<StudioPrediction>? Predictions = null,
    [property: JsonPropertyName("annotations")] IReadOnlyList<StudioAnnotation>? Annotations = null);

internal sealed record StudioData(
    [property: JsonPropertyName("hnm_id")] string? Id,
    [property: JsonPropertyName("text")] string? Text = null,
    [property: JsonPropertyName("image")] string? Image = null);

internal sealed record StudioPrediction(
    [property: JsonPropertyName("model_version")] string? ModelVersion,
    [property: JsonPropertyName("score")] double? Score,
    [property: JsonPropertyName("result")] IReadOnlyList<StudioResult>? Result);

internal sealed record StudioAnnotation(
    [property: JsonPropertyName("result")] IReadOnlyList<StudioResult>? Result,
    [property: JsonPropertyName("was_cancelled")] bool WasCancelled = false,
    [property: JsonPropertyName("created_at")] DateTimeOffset? CreatedAt = null,
    [property: JsonPropertyName("updated_at")] DateTimeOffset? UpdatedAt = null)
{
    [JsonIgnore]
    public DateTimeOffset? Time => UpdatedAt ?? CreatedAt;
}

internal sealed record StudioResult(
    [property: JsonPropertyName("from_name")] string? FromName,
    [property: JsonPropertyName("to_name")] string? ToName,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("value")] StudioValue? Value);

internal sealed record StudioValue([property: JsonPropertyName("choices")] IReadOnlyList<string>? Choices);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 32)]
[JsonSerializable(typeof(StudioTask))]
internal sealed partial class LabelStudioJsonContext : JsonSerializerContext;
