using System.Buffers.Binary;
using System.Text;

namespace HnmStreams.Data.Wire.Arrow.Messages;

/// <summary>
/// A table of a FlatBuffers message, read in place. Every access is checked against the message's bytes, because the generated
/// readers trust them.
/// </summary>
/// <param name="bytes">The whole message.</param>
/// <param name="at">The position of the table.</param>
/// <remarks>Each method throws <see cref="ArrowFormatException"/> for positions outside the message.</remarks>
internal readonly ref struct FlatTable(ReadOnlySpan<byte> bytes, int at)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Returns the root table of a message.</summary>
    public static FlatTable Root(ReadOnlySpan<byte> message) => new(message, Follow(message, 0));

    public long Int64(int field, long missing = 0) => Find(field, sizeof(long), out var at) ? BinaryPrimitives.ReadInt64LittleEndian(_bytes[at..]) : missing;

    public int Int32(int field, int missing = 0) => Find(field, sizeof(int), out var at) ? BinaryPrimitives.ReadInt32LittleEndian(_bytes[at..]) : missing;

    public short Int16(int field, short missing = 0) => Find(field, sizeof(short), out var at) ? BinaryPrimitives.ReadInt16LittleEndian(_bytes[at..]) : missing;

    public byte Byte(int field) => Find(field, sizeof(byte), out var at) ? _bytes[at] : (byte)0;

    /// <summary>Returns the table that a field refers to; false if the field is absent.</summary>
    public bool TryTable(int field, out FlatTable table)
    {
        var found = Find(field, sizeof(int), out var at);
        table = found ? new FlatTable(_bytes, Follow(_bytes, at)) : default;
        return found;
    }

    /// <summary>Returns the UTF-8 bytes of a string; empty if the field is absent.</summary>
    public ReadOnlySpan<byte> Utf8(int field)
    {
        var length = Vector(field, sizeof(byte), out var start);
        return _bytes.Slice(start, length);
    }

    /// <summary>Returns a string; empty if the field is absent.</summary>
    public string Text(int field)
    {
        var utf8 = Utf8(field);
        return System.Text.Unicode.Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw new ArrowFormatException("A name in the metadata is not valid UTF-8.");
    }

    /// <summary>Returns the number of elements of a vector; 0 if the field is absent.</summary>
    /// <param name="size">The bytes per element.</param>
    public int Count(int field, int size) => Vector(field, size, out _);

    /// <summary>Returns the bytes of a vector of structs; empty if the field is absent.</summary>
    public ReadOnlySpan<byte> Structs(int field, int size)
    {
        var count = Vector(field, size, out var start);
        return _bytes.Slice(start, count * size);
    }

    /// <summary>Returns an element of a vector of tables.</summary>
    public FlatTable Element(int field, int index)
    {
        var count = Vector(field, sizeof(int), out var start);
        return index < count ? new FlatTable(_bytes, Follow(_bytes, start + (index * sizeof(int)))) : throw Outside();
    }

    private static int Follow(ReadOnlySpan<byte> bytes, int at)
    {
        if (at < 0 || at > bytes.Length - sizeof(int))
            throw Outside();
        var target = at + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
        return target <= bytes.Length - sizeof(int) ? (int)target : throw Outside();
    }

    private static ArrowFormatException Outside() => new("The metadata refers to bytes outside of its message.");

    /// <summary>Finds a field by the table's vtable: its own size, the table's size, then the offset of each field in the table.</summary>
    private bool Find(int field, int size, out int position)
    {
        position = 0;
        if (at < 0 || at > _bytes.Length - sizeof(int))
            throw Outside();
        var vtable = at - (long)BinaryPrimitives.ReadInt32LittleEndian(_bytes[at..]);
        if (vtable < 0 || vtable > _bytes.Length - (2 * sizeof(ushort)))
            throw Outside();
        var length = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(int)vtable..]);
        var entry = (2 + field) * sizeof(ushort);
        if (entry + sizeof(ushort) > length)
            return false;
        if (vtable + entry + sizeof(ushort) > _bytes.Length)
            throw Outside();
        var offset = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(int)(vtable + entry)..]);
        if (offset == 0)
            return false;
        position = at + offset;
        return position <= _bytes.Length - size ? true : throw Outside();
    }

    private int Vector(int field, int size, out int start)
    {
        start = 0;
        if (!Find(field, sizeof(int), out var position))
            return 0;
        position = Follow(_bytes, position);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[position..]);
        start = position + sizeof(uint);
        return (long)count * size <= _bytes.Length - start ? (int)count : throw Outside();
    }
}
