using System.Buffers.Binary;

namespace HnmStreams.Data.Wire.Arrow.Messages;

/// <summary>
/// A column of a schema, with the places of its buffers in the record for the current batch. Reading a row checks its offsets, so that
/// no value of a buffer is trusted.
/// </summary>
/// <param name="bits">The size of a value in bits; 0 for types without a fixed size.</param>
/// <remarks>One owner. All reads are O(1). Values are read from the record's bytes, which may have any alignment.</remarks>
internal sealed class ArrowColumn(string name, ArrowType type, int bits, IReadOnlyList<ArrowColumn> children)
{
    private int _validityAt;
    private int _dataAt;
    private int _dataLength;
    private int _offsetsAt;

    public string Name { get; } = name;

    public ArrowType Type { get; } = type;

    /// <inheritdoc cref="ArrowColumn" path="/param[@name='bits']"/>
    public int Bits { get; } = bits;

    public IReadOnlyList<ArrowColumn> Children { get; } = children;

    /// <summary>True for signed integers.</summary>
    public bool IsSigned { get; init; }

    /// <summary>The unit of a date or timestamp, as in Schema.fbs.</summary>
    public int Unit { get; init; }

    /// <summary>The number of elements per row of a list of fixed size.</summary>
    public int ListSize { get; init; }

    /// <summary>The number of the dictionary whose indices the column holds; null if it holds values.</summary>
    public long? DictionaryId { get; init; }

    /// <summary>The values of the dictionary; null if the column holds values itself.</summary>
    public ArrowColumn? Dictionary { get; init; }

    /// <summary>The shape of a tensor according to the extension type arrow.fixed_shape_tensor; null if the column has none.</summary>
    public int[]? TensorShape { get; init; }

    /// <summary>The number of rows in the current batch.</summary>
    public int Rows { get; private set; }

    /// <summary>True if a row of the current batch may be null.</summary>
    public bool HasNulls { get; private set; }

    /// <summary>True for types whose rows are byte ranges.</summary>
    public bool IsBytes => Type is ArrowType.Binary or ArrowType.Utf8 or ArrowType.LargeBinary or ArrowType.LargeUtf8 or ArrowType.FixedSizeBinary;

    public bool IsUtf8 => Type is ArrowType.Utf8 or ArrowType.LargeUtf8;

    public bool IsNumber => Type == ArrowType.FloatingPoint || (Type == ArrowType.Int && DictionaryId is null);

    /// <summary>The column of the values: the dictionary, or the column itself.</summary>
    public ArrowColumn Values => Dictionary ?? this;

    /// <summary>Forgets the buffers of an earlier record. A dictionary that does not arrive then has no values.</summary>
    public void Clear() => (Rows, HasNulls) = (0, false);

    /// <summary>Takes the buffers of a batch, in the order of the format: validity, offsets, data, then the children.</summary>
    /// <exception cref="ArrowFormatException">A buffer is too short, or outside of the body.</exception>
    public void Load(ref ArrowBuffers buffers)
    {
        (Rows, var nulls) = buffers.NextNode();
        (_validityAt, var validityLength) = Type == ArrowType.Null ? (0, 0) : buffers.NextBuffer();
        HasNulls = Type == ArrowType.Null || (nulls > 0 && Rows > 0);
        if (HasNulls && Type != ArrowType.Null)
            Require(validityLength, (Rows + 7L) / 8, "validity bits");
        if (OffsetBytes is var offsetBytes and > 0)
        {
            (_offsetsAt, var length) = buffers.NextBuffer();
            Require(length, Rows == 0 ? 0 : (Rows + 1L) * offsetBytes, "offsets");
        }

        if (Type is not (ArrowType.Null or ArrowType.List or ArrowType.LargeList or ArrowType.Map or ArrowType.FixedSizeList or ArrowType.Struct))
        {
            (_dataAt, _dataLength) = buffers.NextBuffer();
            Require(_dataLength, ((Rows * (long)Bits) + 7) / 8, "values");
        }

        foreach (var child in Children)
            child.Load(ref buffers);
        if (Type == ArrowType.FixedSizeList && Children[0].Rows < (long)Rows * ListSize)
            throw TooShort("elements", Children[0].Rows, (long)Rows * ListSize);
        if (Type == ArrowType.Struct && Children.Any(child => child.Rows < Rows))
            throw new ArrowFormatException($"A member of the column '{Name}' has fewer rows than the column.");
    }

    public bool IsNull(ReadOnlySpan<byte> record, int row) =>
        HasNulls && (Type == ArrowType.Null || (record[_validityAt + (row >> 3)] & (1 << (row & 7))) == 0);

    public bool Flag(ReadOnlySpan<byte> record, int row) => (record[_dataAt + (row >> 3)] & (1 << (row & 7))) != 0;

    /// <summary>Returns an integer, date or timestamp. An unsigned number above 2^63 - 1 is returned as a negative one.</summary>
    public long Integer(ReadOnlySpan<byte> record, int row)
    {
        var value = record.Slice(_dataAt + (row * (Bits / 8)), Bits / 8);
        return (Bits, IsSigned) switch
        {
            (8, true) => (sbyte)value[0],
            (8, false) => value[0],
            (16, true) => BinaryPrimitives.ReadInt16LittleEndian(value),
            (16, false) => BinaryPrimitives.ReadUInt16LittleEndian(value),
            (32, true) => BinaryPrimitives.ReadInt32LittleEndian(value),
            (32, false) => BinaryPrimitives.ReadUInt32LittleEndian(value),
            _ => BinaryPrimitives.ReadInt64LittleEndian(value),
        };
    }

    /// <summary>Returns an integer or floating-point number.</summary>
    public double Number(ReadOnlySpan<byte> record, int row)
    {
        if (Type == ArrowType.Int)
        {
            var integer = Integer(record, row);
            return IsSigned ? integer : (ulong)integer;
        }

        var value = record.Slice(_dataAt + (row * (Bits / 8)), Bits / 8);
        return Bits switch
        {
            16 => (double)BinaryPrimitives.ReadHalfLittleEndian(value),
            32 => BinaryPrimitives.ReadSingleLittleEndian(value),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(value),
        };
    }

    /// <summary>Returns the place of a row's bytes in the record; false if its offsets are invalid.</summary>
    public bool TryBytes(ReadOnlySpan<byte> record, int row, out int start, out int length)
    {
        if (Type == ArrowType.FixedSizeBinary)
        {
            (start, length) = (_dataAt + (row * (Bits / 8)), Bits / 8);
            return true;
        }

        var valid = TryOffsets(record, row, _dataLength, out start, out length);
        start += _dataAt;
        return valid;
    }

    /// <summary>Returns the elements of a row of a list; false if its offsets are invalid.</summary>
    public bool TryElements(ReadOnlySpan<byte> record, int row, out int first, out int count) => TryOffsets(record, row, Children[0].Rows, out first, out count);

    /// <summary>Returns true if all offsets of a row, and of what is nested in it, are valid. O(elements).</summary>
    public bool HasValidOffsets(ReadOnlySpan<byte> record, int row)
    {
        var (first, count) = (row, 1);
        if (IsBytes)
            return TryBytes(record, row, out _, out _);
        if (Type is ArrowType.List or ArrowType.LargeList or ArrowType.Map)
        {
            if (!TryElements(record, row, out first, out count))
                return false;
        }
        else if (Type == ArrowType.FixedSizeList)
        {
            (first, count) = (row * ListSize, ListSize);
        }

        foreach (var child in Children)
        {
            for (var i = first; child.HasOffsets && i < first + count; i++)
            {
                if (!child.HasValidOffsets(record, i))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Returns the place of the values of consecutive rows, for types of whole bytes.</summary>
    public (int Start, int Length) Range(int row, int count) => (_dataAt + (row * (Bits / 8)), count * (Bits / 8));

    private bool HasOffsets => OffsetBytes > 0 || Children.Any(static child => child.HasOffsets);

    private int OffsetBytes => Type switch
    {
        ArrowType.Binary or ArrowType.Utf8 or ArrowType.List or ArrowType.Map => sizeof(int),
        ArrowType.LargeBinary or ArrowType.LargeUtf8 or ArrowType.LargeList => sizeof(long),
        _ => 0,
    };

    private bool TryOffsets(ReadOnlySpan<byte> record, int row, int end, out int start, out int length)
    {
        long first, next;
        if (OffsetBytes == sizeof(int))
        {
            var offsets = record.Slice(_offsetsAt + (row * sizeof(int)), 2 * sizeof(int));
            (first, next) = (BinaryPrimitives.ReadInt32LittleEndian(offsets), BinaryPrimitives.ReadInt32LittleEndian(offsets[sizeof(int)..]));
        }
        else
        {
            var offsets = record.Slice(_offsetsAt + (row * sizeof(long)), 2 * sizeof(long));
            (first, next) = (BinaryPrimitives.ReadInt64LittleEndian(offsets), BinaryPrimitives.ReadInt64LittleEndian(offsets[sizeof(long)..]));
        }

        var valid = first >= 0 && first <= next && next <= end;
        (start, length) = valid ? ((int)first, (int)(next - first)) : (0, 0);
        return valid;
    }

    private void Require(int length, long required, string what)
    {
        if (length < required)
            throw TooShort(what, length, required);
    }

    private ArrowFormatException TooShort(string what, long found, long required) =>
        new($"The {what} of the column '{ControlCharacters.Escape(Name)}' must have at least {required} {(what == "elements" ? "rows" : "bytes")} for {Rows} rows but have {found}.");
}
