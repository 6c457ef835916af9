using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Envelopes;

/// <summary>
/// The schema that Kafka Connect's JSON converter adds to each record (<c>schemas.enable</c>). It tells decimals and times from other
/// values: decimals become numbers, and times get their unit.
/// </summary>
/// <remarks>O(fields). Types: org.apache.kafka.connect.data and io.debezium.time, io.debezium.data.</remarks>
internal static class ConnectSchema
{
    /// <summary>Returns the value with its decimals and times converted. A part that does not match the schema stays as it is.</summary>
    public static FieldValue Apply(in FieldValue schema, in FieldValue value)
    {
        if (value.IsAbsent || schema.Kind != FieldKind.Object)
            return value;
        var name = schema.Member("name") is { Kind: FieldKind.Text } text ? Encoding.UTF8.GetString(text.Bytes.Span) : "";
        if (UnitOf(name) is var unit and not FieldUnit.None)
            return value.Kind == FieldKind.Integer ? FieldValue.Of(value.Integer, unit) : value;
        return name switch
        {
            "org.apache.kafka.connect.data.Decimal" => Decimal(value, schema.Member("parameters").Member("scale"), value),
            "io.debezium.data.VariableScaleDecimal" => Decimal(value.Member("value"), value.Member("scale"), value),
            _ when value.Kind == FieldKind.Object && schema.Member("fields") is { Kind: FieldKind.List } fields => Struct(fields.Items, value.Members),
            _ when value.Kind == FieldKind.List && schema.Member("items") is { Kind: FieldKind.Object } items => List(items, value.Items),
            _ => value,
        };
    }

    /// <summary>Returns the unit of a type that is a time; none for any other type.</summary>
    public static FieldUnit UnitOf(string name) => name switch
    {
        "io.debezium.time.Date" or "org.apache.kafka.connect.data.Date" => FieldUnit.Days,
        "io.debezium.time.Timestamp" or "org.apache.kafka.connect.data.Timestamp" => FieldUnit.Milliseconds,
        "io.debezium.time.MicroTimestamp" => FieldUnit.Microseconds,
        "io.debezium.time.NanoTimestamp" => FieldUnit.Nanoseconds,
        _ => FieldUnit.None,
    };

    private static FieldValue Struct(FieldValue[] fields, FieldMember[] members)
    {
        var schemas = new Dictionary<string, FieldValue>(fields.Length, StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (field.Member("field") is { Kind: FieldKind.Text } name)
                schemas[Encoding.UTF8.GetString(name.Bytes.Span)] = field;
        }

        var converted = new FieldMember[members.Length];
        for (var i = 0; i < members.Length; i++)
            converted[i] = schemas.TryGetValue(members[i].Name, out var schema) ? new FieldMember(members[i].Name, Apply(schema, members[i].Value)) : members[i];
        return FieldValue.Of(converted);
    }

    private static FieldValue List(in FieldValue schema, FieldValue[] items)
    {
        var converted = new FieldValue[items.Length];
        for (var i = 0; i < items.Length; i++)
            converted[i] = Apply(schema, items[i]);
        return FieldValue.Of(converted);
    }

    private static FieldValue Decimal(in FieldValue unscaled, in FieldValue scale, in FieldValue otherwise)
    {
        Span<byte> bytes = stackalloc byte[DecimalBytes.MaxBytes];
        if (unscaled.Kind != FieldKind.Text || !TryScale(scale, out var digits)
            || Base64.DecodeFromUtf8(unscaled.Bytes.Span, bytes, out _, out var length) != OperationStatus.Done
            || !DecimalBytes.TryConvert(bytes[..length], digits, out var number))
        {
            return otherwise;
        }

        return FieldValue.Of(number);
    }

    // Parameters of a schema are texts.
    private static bool TryScale(in FieldValue scale, out int digits)
    {
        digits = scale.Kind == FieldKind.Integer ? (int)Math.Clamp(scale.Integer, int.MinValue, int.MaxValue) : 0;
        return scale.Kind == FieldKind.Integer
            || (scale.Kind == FieldKind.Text && int.TryParse(scale.Bytes.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out digits));
    }
}
