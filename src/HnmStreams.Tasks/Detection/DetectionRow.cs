using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Detection;

/// <summary>What a row holds: the pixels, the colours of each together, and behind them the objects.</summary>
internal static class DetectionRow
{
    private static readonly int ObjectBytes = Marshal.SizeOf<ObjectInRow>();

    /// <summary>Writes the objects behind the pixels that were written last.</summary>
    public static void WriteObjects(RowBuffer rows, ReadOnlySpan<ObjectInRow> objects)
    {
        var bytes = MemoryMarshal.AsBytes(objects);
        bytes.CopyTo(rows.GetSpan(bytes.Length));
        rows.Advance(bytes.Length);
    }

    /// <exception cref="InvalidDataException">It is no such row.</exception>
    public static ReadOnlySpan<byte> Pixels(ReadOnlySpan<byte> payload, int pixelBytes) => Checked(payload, pixelBytes)[..pixelBytes];

    /// <inheritdoc cref="Pixels(ReadOnlySpan{byte}, int)"/>
    public static ReadOnlySpan<byte> Pixels(RowBuffer rows, int row, int pixelBytes) => Pixels(rows.Payload(row), pixelBytes);

    public static ReadOnlySpan<ObjectInRow> Objects(RowBuffer rows, int row, int pixelBytes) =>
        MemoryMarshal.Cast<byte, ObjectInRow>(Checked(rows.Payload(row), pixelBytes)[pixelBytes..]);

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> payload, int pixelBytes) =>
        payload.Length >= pixelBytes && (payload.Length - pixelBytes) % ObjectBytes == 0
            ? payload
            : throw new InvalidDataException($"The row has {payload.Length} bytes; {pixelBytes} and {ObjectBytes} for each object are expected.");
}
