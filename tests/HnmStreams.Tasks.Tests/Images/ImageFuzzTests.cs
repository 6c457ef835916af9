using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using HnmStreams.Testing;
using SkiaSharp;

namespace HnmStreams.Tasks.Tests.Images;

[Trait("Category", "Fuzz")]
public sealed class ImageFuzzTests
{
    private const int Side = 24;

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    public void Mutated_images_are_decoded_or_rejected_with_a_reason(SKEncodedImageFormat format)
    {
        var image = TestImages.Encode(Side, Side, format, static (x, y) => new SKColor((byte)(x * 10), (byte)(y * 10), (byte)(x * y)), quality: 80);
        byte[][] valid = format == SKEncodedImageFormat.Jpeg ? [image, TestImages.WithOrientation(image, 6)] : [image];
        var mutation = new Mutation(Mutation.Seed(3));
        var shape = new ImageShape(Side, Side, 3);
        var (inputs, rejected) = (Mutation.Inputs(5_000), 0);
        using var rows = new RowBuffer();
        for (var i = 0; i < inputs; i++)
        {
            rows.Clear();
            var file = mutation.Apply(valid[mutation.Below(valid.Length)]);
            if (EncodedPixels.Encode(file, shape, rows) is { } rejection)
            {
                Assert.NotEmpty(rejection.Detail);
                rejected++;
            }
        }

        Assert.InRange(rejected, inputs / 20, inputs);
    }
}
