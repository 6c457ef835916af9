using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Arrow.Messages;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>Access to strings and binary values, directly or by a dictionary.</summary>
internal static class ArrowStrings
{
    private static readonly Rejection InvalidOffsets = Rejection.Malformed("The offsets of a string or binary value are invalid.");
    private static readonly Rejection InvalidIndex = Rejection.Malformed("The index of a dictionary value is outside of its dictionary.");

    /// <summary>Finds the bytes of a row, which must not be null in the column itself.</summary>
    /// <param name="found">False if the value is null in its dictionary.</param>
    public static Rejection? Find(ArrowColumn column, ReadOnlySpan<byte> record, int row, out int start, out int length, out bool found)
    {
        (start, length, found) = (0, 0, true);
        if (column.Dictionary is { } values)
        {
            var index = column.Integer(record, row);
            if ((ulong)index >= (ulong)values.Rows)
                return InvalidIndex;
            (column, row) = (values, (int)index);
            if (column.IsNull(record, row))
            {
                found = false;
                return null;
            }
        }

        return column.TryBytes(record, row, out start, out length) ? null : InvalidOffsets;
    }
}
