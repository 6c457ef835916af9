using System.Text.Json;
using Confluent.Kafka;
using Google.Protobuf;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Predictions;

namespace HnmStreams.Kafka.Producing;

/// <summary>The values of topics that the service writes as JSON or protobuf: the header that names the format, and the decoding of both.</summary>
internal static class FormattedValues
{
    // Shared: the client copies headers into its own memory and does not change these.
    private static readonly Headers Json = [new Header(WireHeaders.Format, "json"u8.ToArray())];
    private static readonly Headers Protobuf = [new Header(WireHeaders.Format, "protobuf"u8.ToArray())];

    /// <summary>A decoder of a value in a format. It throws <see cref="JsonException"/> or <see cref="InvalidProtocolBufferException"/>.</summary>
    internal delegate T Decoder<T>(ReadOnlySpan<byte> value, PredictionFormat format);

    /// <summary>Returns the headers of a value, which must not be changed.</summary>
    public static Headers HeadersOf(PredictionFormat format) => format == PredictionFormat.Json ? Json : Protobuf;

    /// <summary>Decodes a value in the format that its first byte shows; null if it has neither.</summary>
    public static T? DecodeOrNull<T>(ReadOnlySpan<byte> value, Decoder<T> decode)
        where T : class
    {
        if (value.IsEmpty)
            return null;
        try
        {
            return decode(value, value[0] == (byte)'{' ? PredictionFormat.Json : PredictionFormat.Protobuf);
        }
        catch (Exception e) when (e is JsonException or InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
