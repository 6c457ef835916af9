using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;

namespace HnmStreams.Tasks.Tests.Images;

public sealed class DensePixelsTests
{
    [Fact]
    public void Planes_are_interleaved_into_pixels()
    {
        using var rows = new RowBuffer();
        Assert.Null(DensePixels.Encode(InputView.Of(Bytes([3, 1, 2], [1, 2, 10, 20, 100, 200])), new ImageShape(1, 2, 3), rows));
        rows.Commit(0, 1);
        Assert.Equal([1, 10, 100, 2, 20, 200], rows.Payload(0).ToArray());
    }

    [Theory]
    [InlineData(new[] { 2, 3 })]
    [InlineData(new[] { 1, 2, 3 })]
    public void Gray_images_may_omit_the_channel_dimension(int[] shape)
    {
        using var rows = new RowBuffer();
        Assert.Null(DensePixels.Encode(InputView.Of(Bytes(shape, [1, 2, 3, 4, 5, 6])), new ImageShape(2, 3, 1), rows));
        rows.Commit(0, 1);
        Assert.Equal([1, 2, 3, 4, 5, 6], rows.Payload(0).ToArray());
    }

    [Theory]
    [InlineData(new[] { 3, 2 }, 6)]
    [InlineData(new[] { 2, 3, 1 }, 6)]
    [InlineData(new[] { 6 }, 6)]
    [InlineData(new[] { 1, 1, 2, 3 }, 6)]
    [InlineData(new[] { 2, 3 }, 5)]
    [InlineData(new[] { 2, 3 }, 7)]
    public void Rejects_another_shape(int[] shape, int bytes)
    {
        using var rows = new RowBuffer();
        Assert.Equal("wrong-shape", DensePixels.Encode(InputView.Of(Bytes(shape, new byte[bytes])), new ImageShape(2, 3, 1), rows)?.Reason);
    }

    [Fact]
    public void Rejects_two_dimensions_for_a_color_image()
    {
        using var rows = new RowBuffer();
        Assert.Equal("wrong-shape", DensePixels.Encode(InputView.Of(Bytes([2, 3], new byte[6])), new ImageShape(2, 3, 3), rows)?.Reason);
    }

    [Fact]
    public void Rejects_floats()
    {
        using var rows = new RowBuffer();
        Assert.Equal("wrong-type", DensePixels.Encode(InputView.Of(new ExampleInput.Dense(ElementType.Float32, [2, 3], new byte[24])), new ImageShape(2, 3, 1), rows)?.Reason);
    }

    private static ExampleInput.Dense Bytes(int[] shape, byte[] data) => new(ElementType.UInt8, shape, data);
}
