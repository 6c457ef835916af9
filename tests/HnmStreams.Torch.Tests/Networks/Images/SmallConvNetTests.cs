using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Networks.Images;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Tests.Networks.Images;

public sealed class SmallConvNetTests
{
    [Fact]
    public void Has_the_documented_layers_and_parameters()
    {
        using var network = new SmallConvNet(1, 28, 28, 1);
        Assert.Equal(105_281, network.parameters().Sum(p => p.NumberOfElements));
        Assert.Equal(
            ["convolution1.weight", "convolution1.bias", "convolution2.weight", "convolution2.bias", "hidden.weight", "hidden.bias", "output.weight", "output.bias"],
            network.named_parameters().Select(p => p.name));
    }

    [Theory]
    [InlineData(1, 28, 28, 1)]
    [InlineData(3, 20, 13, 4)]
    public void Memory_order_and_pooling_order_do_not_change_values_or_gradients(int channels, int height, int width, int outputs)
    {
        using var scope = NewDisposeScope();
        using var network = new SmallConvNet(channels, height, width, outputs);
        var pixels = randn(5, height, width, channels);
        var fast = network.forward(ChannelsLast.View(pixels));
        var fastGradients = autograd.grad([fast.square().sum()], [.. network.parameters()]);

        var plain = network.parameters().Select(p => p.detach().contiguous().clone().requires_grad_()).ToArray();
        var x = ChannelsLast.View(pixels).contiguous();
        x = F.max_pool2d(F.conv2d(x, plain[0], plain[1], padding: [1, 1]).relu(), 2);
        x = F.max_pool2d(F.conv2d(x, plain[2], plain[3], padding: [1, 1]).relu(), 2);
        x = F.linear(F.linear(x.flatten(1), plain[4], plain[5]).relu(), plain[6], plain[7]);
        var plainGradients = autograd.grad([x.square().sum()], plain);

        Assert.Equal([5, outputs], fast.shape);
        Assert.True(fast.allclose(x, 1e-4, 1e-5));
        Assert.All(fastGradients.Zip(plainGradients), pair => Assert.True(pair.First.allclose(pair.Second, 1e-3, 1e-4)));
    }

    [Fact]
    public void Convolutions_have_channels_last_weights()
    {
        using var network = new SmallConvNet(3, 28, 28, 1);
        Assert.Equal([27, 1, 9, 3], network.named_parameters().Single(p => p.name == "convolution1.weight").parameter.stride());
        Assert.Equal([144, 1, 48, 16], network.named_parameters().Single(p => p.name == "convolution2.weight").parameter.stride());
    }

    [Fact]
    public void A_forward_pass_leaks_no_tensor()
    {
        using var network = new SmallConvNet(1, 28, 28, 1);
        using var input = zeros(2, 1, 28, 28);
        using (network.forward(input))
        {
        }

        var before = LiveTensors.Settled();
        using (inference_mode())
        using (network.forward(input))
            LiveTensors.AssertAtMost(before, added: 1);
    }

    [Theory]
    [InlineData(0, 28, 28, 1)]
    [InlineData(1, 3, 28, 1)]
    [InlineData(1, 28, 3, 1)]
    [InlineData(1, 28, 28, 0)]
    public void Rejects_sizes_that_are_too_small(int channels, int height, int width, int outputs) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmallConvNet(channels, height, width, outputs));
}
