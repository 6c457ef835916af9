using System.Globalization;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Arrays;
using Apache.Arrow.Types;

namespace HnmStreams.Data.Readers.Columnar;

/// <summary>
/// The values of Arrow arrays as objects that <see cref="JsonValues"/> writes. Offsets are checked here: the library reads strings
/// through pointers without a check, so that a damaged file would crash the process.
/// </summary>
internal static class ArrowValues
{
    /// <summary>Returns the value of a row; null if it is missing.</summary>
    /// <exception cref="NotSupportedException">The type of the column has no form in JSON.</exception>
    public static object? Of(IArrowArray array, int row)
    {
        if (array.IsNull(row))
            return null;
        return array switch
        {
            StringArray a => Encoding.UTF8.GetString(Bytes(a, row)),
            LargeStringArray a => Encoding.UTF8.GetString(Bytes(a, row)),
            BooleanArray a => a.GetValue(row),
            Int8Array a => a.GetValue(row),
            Int16Array a => a.GetValue(row),
            Int32Array a => a.GetValue(row),
            Int64Array a => a.GetValue(row),
            UInt8Array a => a.GetValue(row),
            UInt16Array a => a.GetValue(row),
            UInt32Array a => a.GetValue(row),
            UInt64Array a => a.GetValue(row),
            HalfFloatArray a => (float)a.GetValue(row)!.Value,
            FloatArray a => a.GetValue(row),
            DoubleArray a => a.GetValue(row),
            Decimal128Array a => a.GetValue(row),
            TimestampArray a => a.GetTimestamp(row)?.UtcDateTime,
            Date32Array a => a.GetDateTime(row),
            Date64Array a => a.GetDateTime(row),
            FixedSizeBinaryArray a => a.GetBytes(row).ToArray(),
            LargeBinaryArray a => Bytes(a, row).ToArray(),
            BinaryArray a => Bytes(a, row).ToArray(),
            DictionaryArray a => Of(a.Dictionary, Index(a, row)),
            FixedSizeListArray a => Items(a.Values, (a.Offset + row) * (long)((FixedSizeListType)a.Data.DataType).ListSize, ((FixedSizeListType)a.Data.DataType).ListSize),
            ListArray a => Items(a.Values, a.ValueOffsets[row], (long)a.ValueOffsets[row + 1] - a.ValueOffsets[row]),
            LargeListArray a => Items(a.Values, a.ValueOffsets[row], a.ValueOffsets[row + 1] - a.ValueOffsets[row]),
            StructArray a => Members(a, row),
            _ => throw new NotSupportedException($"Columns of the type {array.Data.DataType.Name} are not supported; write them as strings."),
        };
    }

    private static ReadOnlySpan<byte> Bytes(BinaryArray array, int row)
    {
        var (start, end) = (array.ValueOffsets[row], array.ValueOffsets[row + 1]);
        return array.ValueBuffer.Span[start..end];
    }

    private static ReadOnlySpan<byte> Bytes(LargeBinaryArray array, int row)
    {
        var (start, end) = (array.ValueOffsets[row], array.ValueOffsets[row + 1]);
        return array.ValueBuffer.Span[checked((int)start)..checked((int)end)];
    }

    private static int Index(DictionaryArray array, int row)
    {
        var index = Convert.ToInt64(Of(array.Indices, row), CultureInfo.InvariantCulture);
        return index >= 0 && index < array.Dictionary.Length
            ? (int)index
            : throw new InvalidDataException($"The index {index} is outside of a dictionary of {array.Dictionary.Length} values.");
    }

    private static object?[] Items(IArrowArray values, long first, long count)
    {
        if (first < 0 || count < 0 || first + count > values.Length)
            throw new InvalidDataException($"A list of {count} elements at {first} is outside of its {values.Length} elements.");
        var items = new object?[count];
        for (var i = 0; i < items.Length; i++)
            items[i] = Of(values, (int)first + i);
        return items;
    }

    private static Dictionary<string, object?> Members(StructArray array, int row)
    {
        var type = (StructType)array.Data.DataType;
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < array.Fields.Count; i++)
            members[type.Fields[i].Name] = Of(array.Fields[i], row);
        return members;
    }
}
