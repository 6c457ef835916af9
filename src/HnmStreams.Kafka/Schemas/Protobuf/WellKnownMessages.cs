using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Kafka.Schemas.Protobuf;

/// <summary>The messages of google/protobuf/*.proto that stand for a value (times, wrapped scalars, JSON-like structures), and Confluent's decimal.</summary>
internal static class WellKnownMessages
{
    /// <summary>Replaces a message that stands for a value.</summary>
    public static Rejection? Unwrap(string fullName, ref FieldValue value)
    {
        switch (fullName)
        {
            case "google.protobuf.Timestamp":
                return Timestamp(ref value);
            case "google.protobuf.DoubleValue" or "google.protobuf.FloatValue" or "google.protobuf.Int64Value" or "google.protobuf.UInt64Value"
                or "google.protobuf.Int32Value" or "google.protobuf.UInt32Value" or "google.protobuf.BoolValue":
                value = value.Member("value");
                return null;
            case "google.protobuf.StringValue":
                value = value.Member("value") is { IsAbsent: false } text ? text : FieldValue.OfText(ReadOnlyMemory<byte>.Empty);
                return null;
            case "google.protobuf.BytesValue":
                value = value.Member("value") is { IsAbsent: false } bytes ? bytes : FieldValue.OfBytes(default);
                return null;
            case "confluent.type.Decimal":
                return Decimal(ref value);
            case "google.protobuf.Struct":
                value = value.Member("fields");
                return null;
            case "google.protobuf.ListValue":
                value = value.Member("values");
                return null;
            case "google.protobuf.Value":
                value = Kind(value);
                return null;
            default:
                return null;
        }
    }

    private static Rejection? Timestamp(ref FieldValue value)
    {
        var (seconds, nanos) = (value.Member("seconds").Integer, value.Member("nanos").Integer);
        var micros = ((Int128)seconds * 1_000_000) + (nanos / 1000);
        if (micros < long.MinValue || micros > long.MaxValue || nanos is < 0 or > 999_999_999)
            return Rejection.Malformed("A google.protobuf.Timestamp must be a time of the years 1 to 9999.");
        value = FieldValue.Of((long)micros, FieldUnit.Microseconds);
        return null;
    }

    private static Rejection? Decimal(ref FieldValue value)
    {
        var scale = (int)Math.Clamp(value.Member("scale").Integer, int.MinValue, int.MaxValue);
        if (!DecimalBytes.TryConvert(value.Member("value").Bytes.Span, scale, out var number))
            return Rejection.Malformed($"A confluent.type.Decimal must have a value of 1 to {DecimalBytes.MaxBytes} bytes.");
        value = FieldValue.Of(number);
        return null;
    }

    private static FieldValue Kind(in FieldValue value)
    {
        foreach (var member in value.Members)
        {
            if (member.Value.Kind != FieldKind.Missing)
                return member.Name is "null_value" ? FieldValue.Null : member.Value;
        }

        return FieldValue.Null;
    }
}
