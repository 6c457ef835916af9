using System.Text.Unicode;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Kafka.Schemas.Avro;

/// <summary>An Avro schema: reads values that were written with it. Nothing is allocated for a length before that many bytes or values were read.</summary>
internal sealed class AvroWireSchema(AvroNode root, WireLimits limits, StringInterner interner) : WireSchema
{
    public override Rejection? Read(ReadOnlyMemory<byte> payload, out FieldValue value)
    {
        var context = new Context(new AvroReader(payload), new ValueBudget(limits), interner);
        var rejection = context.Read(root, 0, out value);
        return rejection ?? (context.Remaining > 0 ? Rejection.Malformed($"The Avro value ends {context.Remaining} bytes before the record does: it was written with another schema than its id names.") : null);
    }

    /// <summary>The state of reading one value. Errors name the field that was read last.</summary>
    private sealed class Context(AvroReader reader, ValueBudget budget, StringInterner interner)
    {
        private string _at = "$";

        public int Remaining => reader.Remaining;

        public Rejection? Read(AvroNode node, int depth, out FieldValue value)
        {
            value = default;
            if (depth > ValueBudget.MaxDepth)
                return ValueBudget.TooDeep;
            switch (node.Kind)
            {
                case AvroKind.Null:
                    value = FieldValue.Null;
                    return null;
                case AvroKind.Record:
                    return ReadRecord(node, depth, out value);
                case AvroKind.Array:
                    return ReadArray(node.Children[0], depth, out value);
                case AvroKind.Map:
                    return ReadMap(node.Children[0], depth, out value);
                case AvroKind.Union:
                    if (!reader.TryLong(out var branch))
                        return Truncated(node);
                    return branch >= 0 && branch < node.Children.Length
                        ? Read(node.Children[branch], depth + 1, out value)
                        : Rejection.Malformed($"The Avro union {_at} has {node.Children.Length} branches but the value names branch {branch}.");
                default:
                    return ReadScalar(node, out value);
            }
        }

        private Rejection? ReadScalar(AvroNode node, out FieldValue value)
        {
            value = default;
            switch (node.Kind)
            {
                case AvroKind.Boolean when reader.TryByte(out var flag):
                    value = FieldValue.Of(flag != 0);
                    return flag <= 1 ? null : Rejection.Malformed($"The Avro boolean {_at} must be 0 or 1 but is {flag}.");
                case AvroKind.Integer when reader.TryLong(out var integer):
                    value = FieldValue.Of(integer, node.Unit);
                    return null;
                case AvroKind.Float when reader.TryFloat(out var single):
                    value = FieldValue.Of((double)single);
                    return null;
                case AvroKind.Double when reader.TryDouble(out var number):
                    value = FieldValue.Of(number);
                    return null;
                case AvroKind.Text when reader.TryBytes(out var text):
                    value = FieldValue.OfText(text);
                    return null;
                case AvroKind.Enumeration when reader.TryLong(out var symbol):
                    if (symbol < 0 || symbol >= node.Symbols.Length)
                        return Rejection.Malformed($"The Avro enumeration {_at} has {node.Symbols.Length} symbols but the value names symbol {symbol}.");
                    value = FieldValue.OfText(node.Symbols[symbol]);
                    return null;
                case AvroKind.Bytes when reader.TryBytes(out var bytes):
                    return ReadBytes(node, bytes, out value);
                case AvroKind.Fixed when reader.TryFixed(node.Size, out var data):
                    return ReadBytes(node, data, out value);
                default:
                    return Truncated(node);
            }
        }

        private Rejection? ReadBytes(AvroNode node, ReadOnlyMemory<byte> bytes, out FieldValue value)
        {
            value = FieldValue.OfBytes(bytes);
            if (node.Scale is not { } scale)
                return null;
            if (!DecimalBytes.TryConvert(bytes.Span, scale, out var number))
                return Rejection.Malformed($"The decimal {_at} must have 1 to {DecimalBytes.MaxBytes} bytes but has {bytes.Length}.");
            value = FieldValue.Of(number);
            return null;
        }

        private Rejection? ReadRecord(AvroNode node, int depth, out FieldValue value)
        {
            value = default;
            var members = new FieldMember[node.Children.Length];
            for (var i = 0; i < members.Length; i++)
            {
                _at = node.FieldNames[i];
                if ((budget.Take() ?? Read(node.Children[i], depth + 1, out value)) is { } rejection)
                    return rejection;
                members[i] = new FieldMember(node.FieldNames[i], value);
            }

            value = FieldValue.Of(members);
            return null;
        }

        private Rejection? ReadArray(AvroNode item, int depth, out FieldValue value)
        {
            value = default;
            using var items = new ListBuilder(budget);
            while (true)
            {
                if (ReadBlock(out var count) is { } invalid)
                    return invalid;
                if (count == 0)
                    break;
                for (; count > 0; count--)
                {
                    if ((Read(item, depth + 1, out var element) ?? items.Add(element)) is { } rejection)
                        return rejection;
                }
            }

            value = items.Build();
            return null;
        }

        private Rejection? ReadMap(AvroNode item, int depth, out FieldValue value)
        {
            value = default;
            var members = default(PooledItems<FieldMember>);
            try
            {
                if (ReadEntries(item, depth, ref members) is { } rejection)
                    return rejection;
                value = FieldValue.Of(members.ToArray());
                return null;
            }
            finally
            {
                members.Dispose();
            }
        }

        private Rejection? ReadEntries(AvroNode item, int depth, ref PooledItems<FieldMember> members)
        {
            while (true)
            {
                if (ReadBlock(out var count) is { } invalid)
                    return invalid;
                if (count == 0)
                    return null;
                for (; count > 0; count--)
                {
                    if (!reader.TryBytes(out var key))
                        return Truncated(item);
                    if (!Utf8.IsValid(key.Span))
                        return Rejection.Malformed($"A key of the Avro map {_at} is not valid UTF-8.");
                    FieldValue value = default;
                    if ((budget.Take() ?? Read(item, depth + 1, out value)) is { } rejection)
                        return rejection;
                    members.Add(new FieldMember(interner.Name(key.Span), value));
                }
            }
        }

        // A block begins with the number of its items; if it is negative, the size of the block in bytes follows.
        private Rejection? ReadBlock(out long count)
        {
            if (!reader.TryLong(out count) || (count < 0 && !reader.TryLong(out _)))
                return Rejection.Malformed($"The Avro value ends inside the list or map {_at}.");
            if (count == long.MinValue)
                return Rejection.Malformed($"The Avro list or map {_at} has an invalid block count.");
            count = Math.Abs(count);
            return null;
        }

        private Rejection Truncated(AvroNode node) =>
            Rejection.Malformed($"The Avro value ends inside {_at} ({node.Name}): it is truncated, or it was written with another schema than its id names.");
    }
}
