using CsCheck;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Images;

public sealed class PixelCollatorTests
{
    [Fact]
    public void Normalizes_every_byte_for_every_length() =>
        Gen.Select(Gen.Byte.Array[1, 200], Gen.Float[0, 1], Gen.Float[0.1f, 1]).Sample(
            (pixels, mean, deviation) =>
            {
                using var scope = NewDisposeScope();
                using var rows = new RowBuffer();
                rows.Add(pixels, 0, 1);
                var values = new PixelCollator(pixels.Length, mean, deviation).Collate(rows, [0]).data<float>().ToArray();
                for (var i = 0; i < pixels.Length; i++)
                    Assert.Equal(((pixels[i] / 255.0) - mean) / deviation, values[i], 2e-5);
            },
            seed: "0000KOIPe036", iter: 300, threads: 1);

    [Fact]
    public void A_pixel_has_the_same_value_at_every_position()
    {
        var pixels = Enumerable.Repeat((byte)77, 123).ToArray();
        var values = new float[123];
        PixelCollator.Normalize(pixels, values, 0.0123f, -0.7f);
        Assert.Single(values.Distinct());
    }

    [Fact]
    public void Collates_channels_last_for_convolutions()
    {
        using var scope = NewDisposeScope();
        var task = new ImagesTask(new ImagesOptions { Height = 4, Width = 5, Channels = 3, Positive = "1", Mean = 0, Deviation = 1 });
        using var rows = new RowBuffer();
        rows.Add([.. Enumerable.Range(0, 60).Select(i => (byte)i)], 0, 1);
        var input = task.Collate(rows, [0]);
        Assert.Equal([1, 3, 4, 5], input.shape);
        Assert.Equal([60, 1, 15, 3], input.stride());
        Assert.Equal(((((2 * 5) + 3) * 3) + 1) / 255f, input[0, 1, 2, 3].item<float>(), 1e-6f);
    }

    [Fact]
    public void Rejects_a_row_of_another_size()
    {
        using var rows = new RowBuffer();
        rows.Add(new byte[7], 0, 1);
        Assert.Throws<InvalidDataException>(() => new PixelCollator(8, 0, 1).Collate(rows, [0]));
    }
}
