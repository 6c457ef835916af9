using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using SkiaSharp;

namespace HnmStreams.EndToEnd.Tests.Dashboard;

/// <summary>A writer of PNG images with at most 256 colors (PNG specification, color type 3), which are a third of the size of a screenshot.</summary>
internal static class PalettePng
{
    private const int Colors = 256;

    // Colors are counted in bins of five bits per channel.
    private const int Bins = 1 << 15;

    /// <summary>Converts a screenshot: the colors of the most frequent bins are kept, others become the nearest of these.</summary>
    public static byte[] Of(byte[] screenshot)
    {
        using var image = SKBitmap.Decode(screenshot);
        var pixels = image.Pixels;
        var (palette, indices) = Palette(pixels);
        var rows = new byte[(image.Width + 1) * image.Height];
        for (var i = 0; i < pixels.Length; i++)
            rows[(i / image.Width * (image.Width + 1)) + 1 + (i % image.Width)] = indices[Bin(pixels[i])];

        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        (header[8], header[9]) = (8, 3);
        Write(png, "IHDR"u8, header);
        Write(png, "PLTE"u8, [.. palette.SelectMany(c => new[] { c.Red, c.Green, c.Blue })]);
        Write(png, "IDAT"u8, Compress(rows));
        Write(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static (SKColor[] Palette, byte[] IndexOfBin) Palette(SKColor[] pixels)
    {
        var sums = new (long Count, long Red, long Green, long Blue)[Bins];
        foreach (var pixel in pixels)
        {
            ref var sum = ref sums[Bin(pixel)];
            sum = (sum.Count + 1, sum.Red + pixel.Red, sum.Green + pixel.Green, sum.Blue + pixel.Blue);
        }

        var palette = sums.Where(s => s.Count > 0).OrderByDescending(s => s.Count).Take(Colors)
            .Select(s => new SKColor((byte)(s.Red / s.Count), (byte)(s.Green / s.Count), (byte)(s.Blue / s.Count))).ToArray();
        var indices = new byte[Bins];
        for (var bin = 0; bin < Bins; bin++)
        {
            if (sums[bin] is not { Count: > 0 } sum)
                continue;
            var nearest = Enumerable.Range(0, palette.Length).MinBy(i =>
                Square(palette[i].Red - (sum.Red / sum.Count)) + Square(palette[i].Green - (sum.Green / sum.Count)) + Square(palette[i].Blue - (sum.Blue / sum.Count)));
            indices[bin] = (byte)nearest;
        }

        return (palette, indices);
    }

    private static int Bin(SKColor color) => ((color.Red >> 3) << 10) | ((color.Green >> 3) << 5) | (color.Blue >> 3);

    private static long Square(long value) => value * value;

    private static byte[] Compress(byte[] rows)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(rows);
        return compressed.ToArray();
    }

    private static void Write(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        type.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Crc32.HashToUInt32(chunk.AsSpan(4, 4 + content.Length)));
        png.Write(chunk);
    }
}
