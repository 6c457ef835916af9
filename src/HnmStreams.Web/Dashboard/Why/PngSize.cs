using System.Buffers.Binary;

namespace HnmStreams.Web.Dashboard.Why;

/// <summary>The size of a PNG file. Pure.</summary>
internal static class PngSize
{
    // After the signature and the head of the first chunk, which is IHDR (PNG specification, sections 5.2 and 11.2.2).
    private const int WidthOffset = 16;
    private const int HeightOffset = 20;

    public static (int Width, int Height) Of(ReadOnlySpan<byte> png) => png.Length < HeightOffset + sizeof(int)
        ? throw new InvalidDataException($"A PNG file must have at least {HeightOffset + sizeof(int)} bytes but has {png.Length}.")
        : (BinaryPrimitives.ReadInt32BigEndian(png[WidthOffset..]), BinaryPrimitives.ReadInt32BigEndian(png[HeightOffset..]));
}
