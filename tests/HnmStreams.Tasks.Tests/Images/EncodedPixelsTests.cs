using System.Buffers.Binary;
using System.IO.Hashing;
using CsCheck;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using SkiaSharp;

namespace HnmStreams.Tasks.Tests.Images;

public sealed class EncodedPixelsTests
{
    private static readonly SKColor[] Colors = [new(255, 0, 0), new(0, 255, 0), new(0, 0, 255), new(10, 20, 30), new(255, 255, 255), new(0, 0, 0)];

    private static readonly byte[] Png = TestImages.Encode(3, 2, SKEncodedImageFormat.Png, (x, y) => Colors[(y * 3) + x]);

    [Fact]
    public void Decodes_a_color_PNG_exactly() =>
        Assert.Equal([255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 255, 255, 255, 0, 0, 0], Row(Png, new ImageShape(2, 3, 3)));

    [Fact]
    public void Gray_is_the_luma() =>
        Assert.Equal([76, 150, 29, 18, 255, 0], Row(Png, new ImageShape(2, 3, 1)));

    [Fact]
    public void Decodes_a_JPEG_approximately()
    {
        var jpeg = TestImages.Encode(16, 16, SKEncodedImageFormat.Jpeg, (x, y) => new SKColor((byte)(x * 16), (byte)(x * 16), (byte)(x * 16)));
        var row = Row(jpeg, new ImageShape(16, 16, 1));
        for (var i = 0; i < row.Length; i++)
            Assert.InRange(row[i], Math.Max(0, (i % 16 * 16) - 6), Math.Min(255, (i % 16 * 16) + 6));
    }

    [Fact]
    public void Transparency_is_ignored() =>
        Assert.Equal([200, 100, 50], Row(TestImages.Encode(1, 1, SKEncodedImageFormat.Png, (_, _) => new SKColor(200, 100, 50, 128)), new ImageShape(1, 1, 3)));

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 2)]
    public void Rejects_another_size(int height, int width) =>
        Assert.Equal("wrong-shape", Rejection(Png, new ImageShape(height, width, 1)));

    [Fact]
    public void Rejects_a_small_file_with_a_huge_size_in_its_header()
    {
        var forged = (byte[])Png.Clone();
        BinaryPrimitives.WriteInt32BigEndian(forged.AsSpan(16), 30_000);
        BinaryPrimitives.WriteInt32BigEndian(forged.AsSpan(20), 30_000);
        var check = Crc32.HashToUInt32(forged.AsSpan(12, 17));
        BinaryPrimitives.WriteUInt32BigEndian(forged.AsSpan(29), check);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("wrong-shape", Rejection(forged, new ImageShape(2, 3, 1)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Rejects_other_formats_by_name()
    {
        var webp = TestImages.Encode(3, 2, SKEncodedImageFormat.Webp, (_, _) => SKColors.Red);
        Assert.Equal("unknown-format", Rejection(webp, new ImageShape(2, 3, 1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(40)]
    public void Rejects_a_truncated_file(int length) =>
        Assert.Equal("malformed", Rejection(Png[..length], new ImageShape(2, 3, 1)));

    [Fact]
    public void A_damaged_file_causes_a_rejection_or_a_row_but_no_exception()
    {
        var jpeg = TestImages.Encode(3, 2, SKEncodedImageFormat.Jpeg, (x, y) => Colors[(y * 3) + x]);
        Gen.Select(Gen.OneOf(Gen.Const(Png), Gen.Const(jpeg)), Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[1, 20], Gen.Int[0, 10_000]).Sample(
            (file, damage, cut) =>
            {
                var bytes = (byte[])file.Clone();
                foreach (var (position, value) in damage)
                    bytes[position % bytes.Length] = value;
                using var rows = new RowBuffer();
                var rejection = EncodedPixels.Encode(bytes.AsMemory(0, cut % 3 == 0 ? cut % bytes.Length : bytes.Length), new ImageShape(2, 3, 1), rows);
                Assert.True(rejection is null || rejection.Detail.Length > 0);
            },
            seed: "0000KOIPe036", iter: 1000, threads: 1);
    }

    private static byte[] Row(byte[] file, ImageShape shape)
    {
        using var rows = new RowBuffer();
        Assert.Null(EncodedPixels.Encode(file, shape, rows));
        rows.Commit(0, 1);
        return rows.Payload(0).ToArray();
    }

    private static string? Rejection(byte[] file, ImageShape shape)
    {
        using var rows = new RowBuffer();
        return EncodedPixels.Encode(file, shape, rows)?.Reason;
    }
}
