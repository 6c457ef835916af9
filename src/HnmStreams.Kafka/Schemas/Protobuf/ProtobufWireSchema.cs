using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Protobuf;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Kafka.Schemas.Protobuf;

/// <summary>
/// A protobuf schema. The payload begins with the indexes that name the message type among those of the file (0 alone for the
/// first one), as zigzag varints.
/// </summary>
internal sealed class ProtobufWireSchema(int id, ProtobufMessage[] types, WireLimits limits, StringInterner interner) : WireSchema
{
    /// <summary>The maximum nesting of a message type. Each level is an index.</summary>
    private const int MaxIndexes = 32;

    public override Rejection? Read(ReadOnlyMemory<byte> payload, out FieldValue value)
    {
        value = default;
        if (ReadType(payload.Span, out var type, out var length) is { } rejection)
            return rejection;
        return new ProtobufTreeReader(new ValueBudget(limits), interner).Read(type!, payload[length..], 0, out value);
    }

    private Rejection? ReadType(ReadOnlySpan<byte> payload, out ProtobufMessage? type, out int length)
    {
        (type, length) = (null, 0);
        var reader = new ProtobufReader(payload);
        if (!TryIndex(ref reader, out var count))
            return Rejection.Malformed("The record ends inside the message indexes after the schema id.");
        if (count is < 0 or > MaxIndexes)
            return Rejection.Malformed($"The record must have 0 to {MaxIndexes} message indexes after the schema id but has {count}.");
        var level = types;
        for (var i = 0; i < Math.Max(1, count); i++)
        {
            var index = 0L;
            if (count > 0 && !TryIndex(ref reader, out index))
                return Rejection.Malformed("The record ends inside the message indexes after the schema id.");
            if (index < 0 || index >= level.Length)
                return Rejection.Malformed($"The schema {id} has {level.Length} message types {(type is null ? "" : $"in {type.FullName} ")}but the record names number {index}.");
            type = level[index];
            level = type.Nested;
        }

        length = reader.Position;
        return null;
    }

    private static bool TryIndex(ref ProtobufReader reader, out long index)
    {
        var read = reader.TryVarint(out var bits);
        index = (long)(bits >> 1) ^ -(long)(bits & 1);
        return read;
    }
}
