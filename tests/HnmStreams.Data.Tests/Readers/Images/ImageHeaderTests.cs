using CsCheck;
using HnmStreams.Data.Readers.Images;

namespace HnmStreams.Data.Tests.Readers.Images;

public sealed class ImageHeaderTests
{
    [Theory]
    [InlineData(1, 120, 80)]
    [InlineData(3, 120, 80)]
    [InlineData(6, 80, 120)]
    [InlineData(8, 80, 120)]
    public void Applies_the_EXIF_orientation_of_a_JPEG(int orientation, int width, int height)
    {
        Assert.Equal(new ImageHeader(width, height, orientation), ImageHeader.Read(Jpeg(120, 80, orientation)));
        Assert.Equal(new ImageHeader(width, height, orientation), ImageHeader.Read(Jpeg(120, 80, orientation, little: false)));
    }

    [Fact]
    public void Reads_a_JPEG_without_EXIF_and_a_PNG()
    {
        Assert.Equal(new ImageHeader(120, 80, 1), ImageHeader.Read(Jpeg(120, 80)));
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 7, 0, 0, 0, 9];
        Assert.Equal(new ImageHeader(7, 9, 1), ImageHeader.Read(png));
    }

    [Fact]
    public void Never_throws() => Gen.Select(Gen.Int[0, 60], Gen.Int[0, 59], Gen.Byte).Sample(static (length, at, to) =>
    {
        var file = Jpeg(120, 80, 6);
        file[at % file.Length] = to;
        _ = ImageHeader.Read(file.AsSpan(0, Math.Min(length, file.Length)));
        _ = ImageHeader.Read(file);
    });

    /// <summary>Builds the header of a JPEG file: SOI, EXIF if an orientation is given, and SOF0.</summary>
    internal static byte[] Jpeg(int width, int height, int orientation = 0, bool little = true)
    {
        byte[] tiff = little
            ? [.. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0]
            : [.. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0];
        byte[] exif = orientation == 0 ? [] : [0xFF, 0xE1, 0, (byte)(8 + tiff.Length), .. "Exif\0\0"u8, .. tiff];
        return [0xFF, 0xD8, .. exif, 0xFF, 0xC0, 0, 8, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3];
    }
}
