using System.Buffers.Binary;

namespace HnmStreams.Kafka.Schemas.Avro;

/// <summary>
/// A reader of Avro's binary encoding in place (Avro 1.12 specification, section "Binary encoding"). It never throws and copies
/// nothing. Apache's decoder, in contrast, allocates as much as a length in the message requests, before it has read it.
/// </summary>
/// <remarks>For one message. After a method returned false the reader must not be used any more.</remarks>
internal sealed class AvroReader(ReadOnlyMemory<byte> message)
{
    /// <summary>The number of bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>The number of bytes left.</summary>
    public int Remaining => message.Length - Position;

    /// <summary>Reads an int or long: a varint of at most ten bytes, zigzag encoded.</summary>
    public bool TryLong(out long value)
    {
        ulong bits = 0;
        var bytes = message.Span;
        for (var shift = 0; shift < 70 && Position < bytes.Length; shift += 7)
        {
            var next = bytes[Position++];
            bits |= (ulong)(next & 0x7F) << shift;
            if (next >= 0x80)
                continue;
            value = (long)(bits >> 1) ^ -(long)(bits & 1);
            return true;
        }

        value = 0;
        return false;
    }

    public bool TryFloat(out float value)
    {
        if (!BinaryPrimitives.TryReadSingleLittleEndian(message.Span[Position..], out value))
            return false;
        Position += sizeof(float);
        return true;
    }

    public bool TryDouble(out double value)
    {
        if (!BinaryPrimitives.TryReadDoubleLittleEndian(message.Span[Position..], out value))
            return false;
        Position += sizeof(double);
        return true;
    }

    public bool TryByte(out byte value)
    {
        value = Remaining > 0 ? message.Span[Position] : (byte)0;
        return Remaining > 0 && ++Position > 0;
    }

    /// <summary>Reads bytes or a string: a length and the data.</summary>
    public bool TryBytes(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return TryLong(out var length) && length >= 0 && TryFixed(length, out bytes);
    }

    public bool TryFixed(long length, out ReadOnlyMemory<byte> bytes)
    {
        var fits = length <= Remaining;
        bytes = fits ? message.Slice(Position, (int)length) : default;
        Position += bytes.Length;
        return fits;
    }
}
