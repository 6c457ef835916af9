using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using HnmStreams.Data.Records;

namespace HnmStreams.Data.Wire.Predictions;

/// <summary>The formats of the topic of predictions (<c>kafka.predictionsFormat</c>).</summary>
public enum PredictionFormat
{
    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>The message <c>Prediction</c> of prediction.proto.</summary>
    Protobuf,
}

/// <summary>
/// The values of the topic of predictions. In both formats the outputs keep all bits, unless they are NaN or infinite, which JSON writes as
/// <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>. Members are only ever added.
/// </summary>
/// <remarks>
/// <code>
/// {"id":"tx-1","modelVersion":17,"promoted":true,"outputs":[-2.25],"probabilities":[0.905,0.095],"calibrated":[0.997,0.003],
///  "at":"2026-11-30T10:00:00.123Z"}
/// </code>
/// Thread-safe. O(length).
/// </remarks>
public static class PredictionEncoding
{
    /// <summary>Encodes a prediction.</summary>
    public static byte[] Encode(Prediction prediction, PredictionFormat format)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return format == PredictionFormat.Protobuf ? Message(prediction).ToByteArray() : JsonSerializer.SerializeToUtf8Bytes(prediction, PredictionJsonContext.Default.Prediction);
    }

    /// <summary>Decodes a prediction.</summary>
    /// <exception cref="JsonException">The value does not have the JSON form.</exception>
    /// <exception cref="InvalidProtocolBufferException">The value is not a message.</exception>
    public static Prediction Decode(ReadOnlySpan<byte> value, PredictionFormat format)
    {
        if (format == PredictionFormat.Json)
            return JsonSerializer.Deserialize(value, PredictionJsonContext.Default.Prediction) ?? throw new JsonException("The value is null where an object is expected.");
        var message = V1.Prediction.Parser.ParseFrom(value);
        return new Prediction(
            message.Id,
            message.ModelVersion,
            message.Promoted,
            [.. message.Outputs],
            message.Probabilities.Count == 0 ? null : [.. message.Probabilities],
            message.Calibrated.Count == 0 ? null : [.. message.Calibrated],
            message.At?.ToDateTimeOffset() ?? default);
    }

    private static V1.Prediction Message(Prediction prediction)
    {
        var message = new V1.Prediction { Id = prediction.Id, ModelVersion = prediction.ModelVersion, Promoted = prediction.Promoted, At = Timestamp.FromDateTimeOffset(prediction.At) };
        message.Outputs.AddRange(prediction.Outputs);
        if (prediction.Probabilities is { } probabilities)
            message.Probabilities.AddRange(probabilities);
        if (prediction.Calibrated is { } calibrated)
            message.Calibrated.AddRange(calibrated);
        return message;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(Prediction))]
internal sealed partial class PredictionJsonContext : JsonSerializerContext;
