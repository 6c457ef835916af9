using System.Buffers.Binary;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>The wire types of protobuf that proto3 uses. Groups (3 and 4) are not supported.</summary>
internal enum ProtobufType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// A reader of the fields of one protobuf message in place. It never throws, copies nothing and allocates nothing, so that
/// limits can be checked first and payloads stay slices of the record. The generated reader, in contrast, copies every bytes
/// field, allocates as much as a message requests, and throws for invalid bytes.
/// </summary>
/// <remarks>Encoding: protobuf.dev/programming-guides/encoding. After a method returned false the reader must not be used any more.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>The number of bytes read so far.</summary>
    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= _message.Length;

    /// <summary>Reads the number (1 or more) and wire type of the next field.</summary>
    public bool TryTag(out int field, out ProtobufType type)
    {
        var read = TryVarint(out var tag) && tag <= uint.MaxValue;
        field = (int)((uint)tag >> 3);
        type = (ProtobufType)(tag & 7);
        return read && field > 0 && type is ProtobufType.Varint or ProtobufType.Fixed64 or ProtobufType.Bytes or ProtobufType.Fixed32;
    }

    /// <summary>Reads a varint: seven bits per byte, the lowest first, at most ten bytes.</summary>
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

    /// <summary>Reads a length-delimited field. <see cref="Position"/> is then behind it.</summary>
    public bool TryBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!TryVarint(out var length) || length > (ulong)(_message.Length - Position))
            return false;
        bytes = _message.Slice(Position, (int)length);
        Position += (int)length;
        return true;
    }

    /// <summary>Skips the value of a field.</summary>
    public bool TrySkip(ProtobufType type) => type switch
    {
        ProtobufType.Varint => TryVarint(out _),
        ProtobufType.Fixed64 => TryFixed64(out _),
        ProtobufType.Bytes => TryBytes(out _),
        _ => TryFixed32(out _),
    };
}
