using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Networks.Images;

/// <summary>
/// A small convolutional network: two 3x3 convolutions (16 and 32 maps, padding 1), each with 2x2 max-pooling and
/// ReLU, then linear 64, ReLU, linear to the outputs. 105,281 parameters for 28x28 gray images and one output.
/// </summary>
/// <remarks>
/// ReLU follows the pooling: it is monotone, so values and gradients are the same, and it processes a quarter of the
/// elements. Convolution weights are channels-last, and the input should be.
/// </remarks>
public sealed class SmallConvNet : nn.Module<Tensor, Tensor>, IEmbeddingNetwork
{
    private readonly Conv2d _convolution1;
    private readonly Conv2d _convolution2;
    private readonly Linear _hidden;
    private readonly Linear _output;

    static SmallConvNet() => TorchLibrary.EnsureLoaded();

    /// <param name="channels">The input's channels: 1 gray, 3 color.</param>
    /// <param name="height">The height in pixels, 4 or more; the pooling drops the remainder of a division by 4.</param>
    /// <param name="width">The width in pixels, 4 or more.</param>
    /// <param name="outputs">1 for one class against the rest, otherwise the number of classes.</param>
    public SmallConvNet(int channels, int height, int width, int outputs)
        : base(nameof(SmallConvNet))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _convolution1 = ChannelsLast.Apply(nn.Conv2d(channels, 16, 3, padding: 1));
        _convolution2 = ChannelsLast.Apply(nn.Conv2d(16, 32, 3, padding: 1));
        _hidden = nn.Linear(32L * (height / 4) * (width / 4), 64);
        _output = nn.Linear(64, outputs);
        register_module("convolution1", _convolution1);
        register_module("convolution2", _convolution2);
        register_module("hidden", _hidden);
        register_module("output", _output);
    }

    /// <param name="input">[n, channels, height, width].</param>
    /// <returns>Logits, [n, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _output.forward(Embed(input)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public int EmbeddingWidth => 64;

    /// <inheritdoc/>
    public Tensor Embed(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = F.max_pool2d(_convolution1.forward(input), 2).relu_();
        x = F.max_pool2d(_convolution2.forward(x), 2).relu_();
        return _hidden.forward(x.flatten(1)).relu_().MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _convolution1.Dispose();
            _convolution2.Dispose();
            _hidden.Dispose();
            _output.Dispose();
        }

        base.Dispose(disposing);
    }
}
