using System.Text.Unicode;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Protobuf;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Kafka.Schemas.Protobuf;

/// <summary>
/// A reader of a message into a tree of fields. As usual in protobuf, the last value of a field wins and unknown fields are skipped.
/// A number or boolean without presence that is not in the message has its default value; an absent text, bytes or message is missing.
/// </summary>
/// <remarks>For one message. Not thread-safe.</remarks>
internal sealed class ProtobufTreeReader(ValueBudget budget, StringInterner interner)
{
    public Rejection? Read(ProtobufMessage type, ReadOnlyMemory<byte> message, int depth, out FieldValue value)
    {
        value = default;
        if (depth > ValueBudget.MaxDepth)
            return ValueBudget.TooDeep;
        var fields = type.Fields;
        var values = new FieldValue[fields.Length];
        ListBuilder?[]? lists = null;
        try
        {
            var reader = new ProtobufReader(message.Span);
            while (!reader.AtEnd)
            {
                if (!reader.TryTag(out var number, out var wire))
                    return Truncated(type);
                if (!type.ByNumber.TryGetValue(number, out var at) || !Fits(fields[at], wire))
                {
                    if (!reader.TrySkip(wire))
                        return Truncated(type);
                    continue;
                }

                var field = fields[at];
                var rejection = field.IsRepeated
                    ? ReadRepeated(type, field, wire, message, ref reader, (lists ??= new ListBuilder?[fields.Length])[at] ??= new ListBuilder(budget), depth)
                    : budget.Take() ?? ReadOne(type, field, message, ref reader, depth, out values[at]);
                if (rejection is not null)
                    return rejection;
                if (field.Oneof is { } oneof)
                    ClearOthers(fields, values, oneof, at);
            }

            value = Build(type, values, lists);
            return null;
        }
        finally
        {
            foreach (var list in lists ?? [])
                list?.Dispose();
        }
    }

    private Rejection? ReadRepeated(ProtobufMessage type, ProtobufField field, ProtobufType wire, ReadOnlyMemory<byte> message, ref ProtobufReader reader, ListBuilder list, int depth)
    {
        if (wire != ProtobufType.Bytes || WireOf(field.Kind) == ProtobufType.Bytes)
            return ReadOne(type, field, message, ref reader, depth, out var one) ?? list.Add(one);
        // Packed numbers.
        if (!reader.TryBytes(out var packed))
            return Truncated(type);
        var elements = new ProtobufReader(packed);
        while (!elements.AtEnd)
        {
            if (!TryScalar(field, ref elements, out var element))
                return Truncated(type);
            if (list.Add(element) is { } rejection)
                return rejection;
        }

        return null;
    }

    private Rejection? ReadOne(ProtobufMessage type, ProtobufField field, ReadOnlyMemory<byte> message, ref ProtobufReader reader, int depth, out FieldValue value)
    {
        value = default;
        if (WireOf(field.Kind) != ProtobufType.Bytes)
            return TryScalar(field, ref reader, out value) ? null : Truncated(type);
        if (!reader.TryBytes(out var span))
            return Truncated(type);
        var body = message.Slice(reader.Position - span.Length, span.Length);
        if (field.Message is { } inner)
            return Read(inner, body, depth + 1, out value) ?? WellKnownMessages.Unwrap(inner.FullName, ref value);
        value = field.Kind == ProtobufKind.Text ? FieldValue.OfText(body) : FieldValue.OfBytes(body);
        return null;
    }

    private static bool TryScalar(ProtobufField field, ref ProtobufReader reader, out FieldValue value)
    {
        value = default;
        ulong bits;
        switch (WireOf(field.Kind))
        {
            case ProtobufType.Fixed32:
                if (!reader.TryFixed32(out var half))
                    return false;
                bits = half;
                break;
            case ProtobufType.Fixed64:
                if (!reader.TryFixed64(out bits))
                    return false;
                break;
            default:
                if (!reader.TryVarint(out bits))
                    return false;
                break;
        }

        value = field.Kind switch
        {
            ProtobufKind.Double => FieldValue.Of(BitConverter.UInt64BitsToDouble(bits)),
            ProtobufKind.Float => FieldValue.Of((double)BitConverter.UInt32BitsToSingle((uint)bits)),
            ProtobufKind.Signed or ProtobufKind.SignedFixed64 => FieldValue.Of((long)bits),
            ProtobufKind.SignedFixed32 => FieldValue.Of((long)(int)bits),
            ProtobufKind.ZigZag => FieldValue.Of((long)(bits >> 1) ^ -(long)(bits & 1)),
            ProtobufKind.Boolean => FieldValue.Of(bits != 0),
            ProtobufKind.Enumeration => field.Symbols!.TryGetValue((int)bits, out var symbol) ? FieldValue.OfText(symbol) : FieldValue.Of((long)(int)bits),
            _ => bits <= long.MaxValue ? FieldValue.Of((long)bits) : FieldValue.Of((double)bits),
        };
        return true;
    }

    private FieldValue Build(ProtobufMessage type, FieldValue[] values, ListBuilder?[]? lists)
    {
        var members = new FieldMember[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var field = type.Fields[i];
            if (field.IsRepeated)
                values[i] = Repeated(field, lists?[i]);
            else if (values[i].Kind == FieldKind.Missing && !field.HasPresence)
                values[i] = Default(field);
            members[i] = new FieldMember(field.Name, values[i]);
        }

        return FieldValue.Of(members);
    }

    private FieldValue Repeated(ProtobufField field, ListBuilder? list)
    {
        var items = list?.Build() ?? FieldValue.Of(Array.Empty<FieldValue>());
        if (field.Message is not { IsMapEntry: true } || items.Kind != FieldKind.List)
            return items;
        var members = new List<FieldMember>(items.Items.Length);
        foreach (var entry in items.Items)
        {
            if (entry.Member("key").TryName(out var key) && Utf8.IsValid(key.Span))
                members.Add(new FieldMember(interner.Name(key.Span), entry.Member("value")));
            else
                members.Add(new FieldMember("", entry.Member("value")));
        }

        return FieldValue.Of(members.ToArray());
    }

    private static FieldValue Default(ProtobufField field) => field.Kind switch
    {
        ProtobufKind.Double or ProtobufKind.Float => FieldValue.Of(0.0),
        ProtobufKind.Boolean => FieldValue.Of(false),
        ProtobufKind.Enumeration => field.Symbols!.TryGetValue(0, out var symbol) ? FieldValue.OfText(symbol) : FieldValue.Of(0L),
        ProtobufKind.Text or ProtobufKind.Bytes or ProtobufKind.Message => default,
        _ => FieldValue.Of(0L),
    };

    private static void ClearOthers(ProtobufField[] fields, FieldValue[] values, int oneof, int set)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i != set && fields[i].Oneof == oneof)
                values[i] = default;
        }
    }

    // A field with another wire type is unknown, as for generated readers. Repeated numbers may be packed.
    private static bool Fits(ProtobufField field, ProtobufType wire) =>
        wire == WireOf(field.Kind) || (field.IsRepeated && wire == ProtobufType.Bytes);

    private static ProtobufType WireOf(ProtobufKind kind) => kind switch
    {
        ProtobufKind.Double or ProtobufKind.Fixed64 or ProtobufKind.SignedFixed64 => ProtobufType.Fixed64,
        ProtobufKind.Float or ProtobufKind.Fixed32 or ProtobufKind.SignedFixed32 => ProtobufType.Fixed32,
        ProtobufKind.Text or ProtobufKind.Bytes or ProtobufKind.Message => ProtobufType.Bytes,
        _ => ProtobufType.Varint,
    };

    private static Rejection Truncated(ProtobufMessage type) =>
        Rejection.Malformed($"The message {type.FullName} is truncated or not valid protobuf: it may have been written with another schema than its id names.");
}
