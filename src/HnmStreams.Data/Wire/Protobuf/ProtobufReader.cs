using System.Buffers.Binary;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>The wire types of protobuf's encoding that proto3 writes; groups (3 and 4) are not among them.</summary>
internal enum ProtobufType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// Walks one message's fields where they lie. It never throws, copies nothing and takes no memory, so that limits
/// can be checked first and payloads stay slices of the record: the generated reader copies every bytes field and
/// allocates as a message asks, and answers bad bytes by exception.
/// </summary>
/// <remarks>Encoding: protobuf.dev/programming-guides/encoding. After a method answered false the reader is of no more use.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= _message.Length;

    /// <summary>The next field's number (1 or more) and type.</summary>
    public bool TryTag(out int field, out ProtobufType type)
    {
        var read = TryVarint(out var tag) && tag <= uint.MaxValue;
        field = (int)((uint)tag >> 3);
        type = (ProtobufType)(tag & 7);
        return read && field > 0 && type is ProtobufType.Varint or ProtobufType.Fixed64 or ProtobufType.Bytes or ProtobufType.Fixed32;
    }

    /// <summary>Seven bits a byte, the lowest first, ten bytes at most.</summary>
    public bool TryVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70 && Position < _message.Length; shift += 7)
        {
            var next = _message[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return true;
        }

        return false;
    }

    public bool TryFixed32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(_message[Position..], out value))
            return false;
        Position += sizeof(uint);
        return true;
    }

    public bool TryFixed64(out ulong value)
    {
        if (!BinaryPrimitives.TryReadUInt64LittleEndian(_message[Position..], out value))
            return false;
        Position += sizeof(ulong);
        return true;
    }

    /// <summary>A length-delimited field; <see cref="Position"/> then lies behind it.</summary>
    public bool TryBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!TryVarint(out var length) || length > (ulong)(_message.Length - Position))
            return false;
        bytes = _message.Slice(Position, (int)length);
        Position += (int)length;
        return true;
    }

    /// <summary>Steps over the value of a field that nobody asked for.</summary>
    public bool TrySkip(ProtobufType type) => type switch
    {
        ProtobufType.Varint => TryVarint(out _),
        ProtobufType.Fixed64 => TryFixed64(out _),
        ProtobufType.Bytes => TryBytes(out _),
        _ => TryFixed32(out _),
    };
}
