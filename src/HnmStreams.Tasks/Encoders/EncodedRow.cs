using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Encoders;

/// <summary>
/// The layout of a row of a task with a frozen encoder: the encoder's input (tokens or pixels), or its features once the row is
/// finished; a preview for display; and a number with the length of the preview and a bit that is set if the row is finished.
/// </summary>
internal static class EncodedRow
{
    /// <summary>Writes the end of a row after its body, which was written but not committed.</summary>
    public static void Complete(RowBuffer rows, ReadOnlySpan<byte> preview, bool isFinished)
    {
        var span = rows.GetSpan(preview.Length + sizeof(int))[..(preview.Length + sizeof(int))];
        preview.CopyTo(span);
        MemoryMarshal.Write(span[preview.Length..], (preview.Length << 1) | (isFinished ? 1 : 0));
        rows.Advance(span.Length);
    }

    /// <summary>Splits a row.</summary>
    /// <returns>True if the row is finished.</returns>
    /// <exception cref="InvalidDataException">The row was not written by a task with an encoder.</exception>
    public static bool Split(ReadOnlySpan<byte> row, out ReadOnlySpan<byte> body, out ReadOnlySpan<byte> preview)
    {
        var end = row.Length < sizeof(int) ? -1 : MemoryMarshal.Read<int>(row[^sizeof(int)..]);
        var length = end >> 1;
        if (end < 0 || length > row.Length - sizeof(int))
            throw new InvalidDataException($"The row of {row.Length} bytes must end with the length of its preview: it was written by a task without an encoder.");
        body = row[..^(length + sizeof(int))];
        preview = row.Slice(body.Length, length);
        return (end & 1) != 0;
    }
}
