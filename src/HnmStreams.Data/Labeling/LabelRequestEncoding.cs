using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Predictions;

namespace HnmStreams.Data.Labeling;

/// <summary>The values of the topic of label requests (<c>kafka.labelRequestsFormat</c>). A null value ends the request of the key. Members are only ever added.</summary>
/// <remarks>
/// <code>
/// {"id":"tx-1","origin":{"topic":"payments","partition":3,"offset":4711},"reason":"uncertain","score":0.97,"uncertainty":0.97,"disagreement":0,
///  "modelVersion":17,"predicted":"not fraud","probabilities":[0.6,0.4],"eventTime":"2026-11-30T10:00:00Z","at":"2026-11-30T10:00:01.5Z"}
/// </code>
/// Thread-safe. O(length).
/// </remarks>
public static class LabelRequestEncoding
{
    /// <summary>Encodes a request.</summary>
    public static byte[] Encode(LabelRequest request, PredictionFormat format)
    {
        ArgumentNullException.ThrowIfNull(request);
        return format == PredictionFormat.Protobuf ? Message(request).ToByteArray() : JsonSerializer.SerializeToUtf8Bytes(request, LabelRequestJsonContext.Default.LabelRequest);
    }

    /// <summary>Decodes a request.</summary>
    /// <exception cref="JsonException">The value does not have the JSON form.</exception>
    /// <exception cref="InvalidProtocolBufferException">The value is not a message.</exception>
    public static LabelRequest Decode(ReadOnlySpan<byte> value, PredictionFormat format)
    {
        if (format == PredictionFormat.Json)
            return JsonSerializer.Deserialize(value, LabelRequestJsonContext.Default.LabelRequest) ?? throw new JsonException("The value is null where an object is expected.");
        var message = Wire.V1.LabelRequest.Parser.ParseFrom(value);
        return new LabelRequest(
            message.Id,
            new Origin(message.Topic, message.Partition, message.Offset),
            message.Reason == Wire.V1.LabelRequest.Types.Reason.Disagreement ? LabelRequestReason.Disagreement : LabelRequestReason.Uncertain,
            message.Score,
            message.Uncertainty,
            message.Disagreement,
            message.ModelVersion,
            message.Predicted,
            [.. message.Probabilities],
            message.EventTime?.ToDateTimeOffset() ?? default,
            message.At?.ToDateTimeOffset() ?? default);
    }

    private static Wire.V1.LabelRequest Message(LabelRequest request)
    {
        var message = new Wire.V1.LabelRequest
        {
            Id = request.Id,
            Topic = request.Origin.Topic,
            Partition = request.Origin.Partition,
            Offset = request.Origin.Offset,
            Reason = request.Reason == LabelRequestReason.Disagreement ? Wire.V1.LabelRequest.Types.Reason.Disagreement : Wire.V1.LabelRequest.Types.Reason.Uncertain,
            Score = request.Score,
            Uncertainty = request.Uncertainty,
            Disagreement = request.Disagreement,
            ModelVersion = request.ModelVersion,
            Predicted = request.Predicted,
            EventTime = Timestamp.FromDateTimeOffset(request.EventTime),
            At = Timestamp.FromDateTimeOffset(request.At),
        };
        message.Probabilities.AddRange(request.Probabilities);
        return message;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LabelRequest))]
internal sealed partial class LabelRequestJsonContext : JsonSerializerContext;
