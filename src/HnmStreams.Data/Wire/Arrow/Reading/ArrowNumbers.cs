using System.Globalization;
using HnmStreams.Data.Wire.Arrow.Messages;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>Numbers as text: ids, names of groups and categories that producers send as numbers.</summary>
internal static class ArrowNumbers
{
    /// <summary>Writes an integer; returns the number of bytes, at most 20.</summary>
    public static int Format(ArrowColumn column, ReadOnlySpan<byte> record, int row, Span<byte> utf8)
    {
        var value = column.Integer(record, row);
        int written;
        if (column.IsSigned)
            value.TryFormat(utf8, out written, default, CultureInfo.InvariantCulture);
        else
            ((ulong)value).TryFormat(utf8, out written, default, CultureInfo.InvariantCulture);
        return written;
    }

    /// <summary>Writes the shortest text that reads as this number; returns the number of bytes, at most 24.</summary>
    public static int Format(double value, Span<byte> utf8)
    {
        value.TryFormat(utf8, out var written, default, CultureInfo.InvariantCulture);
        return written;
    }
}
