using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>The layout of a row: the pixels, with the channels of each pixel adjacent, followed by the objects.</summary>
internal static class DetectionRow
{
    private static readonly int ObjectBytes = Marshal.SizeOf<EncodedObject>();

    /// <summary>Writes the objects after the pixels that were written last.</summary>
    public static void WriteObjects(RowBuffer rows, ReadOnlySpan<EncodedObject> objects)
    {
        var bytes = MemoryMarshal.AsBytes(objects);
        bytes.CopyTo(rows.GetSpan(bytes.Length));
        rows.Advance(bytes.Length);
    }

    /// <exception cref="InvalidDataException">The payload is not such a row.</exception>
    public static ReadOnlySpan<byte> Pixels(ReadOnlySpan<byte> payload, int pixelBytes) => Checked(payload, pixelBytes)[..pixelBytes];

    /// <inheritdoc cref="Pixels(ReadOnlySpan{byte}, int)"/>
    public static ReadOnlySpan<byte> Pixels(RowBuffer rows, int row, int pixelBytes) => Pixels(rows.Payload(row), pixelBytes);

    public static ReadOnlySpan<EncodedObject> Objects(RowBuffer rows, int row, int pixelBytes) =>
        MemoryMarshal.Cast<byte, EncodedObject>(Checked(rows.Payload(row), pixelBytes)[pixelBytes..]);

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> payload, int pixelBytes) =>
        payload.Length >= pixelBytes && (payload.Length - pixelBytes) % ObjectBytes == 0
            ? payload
            : throw new InvalidDataException($"The row must have {pixelBytes} bytes plus {ObjectBytes} per object but has {payload.Length}.");
}
