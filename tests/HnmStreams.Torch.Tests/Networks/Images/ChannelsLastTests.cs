using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.Images;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Images;

public sealed class ChannelsLastTests
{
    public ChannelsLastTests() => TorchLibrary.EnsureLoaded();

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(16, 3)]
    public void A_copy_has_the_same_values_in_new_channels_last_memory(int channels, int size)
    {
        using var scope = NewDisposeScope();
        var original = randn(2, channels, size, size);
        var copy = ChannelsLast.Copy(original);
        Assert.True(copy.equal(original).all().item<bool>());
        Assert.Equal([(long)channels * size * size, 1, (long)channels * size, channels], copy.stride());
        var before = original.clone();
        copy.zero_();
        Assert.True(original.equal(before).all().item<bool>());
    }

    [Fact]
    public void A_view_copies_nothing()
    {
        using var scope = NewDisposeScope();
        var pixels = zeros(2, 4, 5, 3);
        var view = ChannelsLast.View(pixels);
        Assert.Equal([2, 3, 4, 5], view.shape);
        view.fill_(1);
        Assert.Equal(120f, pixels.sum().item<float>());
    }
}
