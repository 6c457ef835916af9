using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Networks.Images;

/// <summary>
/// A convolutional embedding network: three 3x3 convolutions (16, 32 and 64 maps, padding 1), each with 2x2
/// max-pooling and ReLU, then linear to an embedding of unit length. 166,720 parameters for 56x46 gray images and 64
/// outputs.
/// </summary>
/// <remarks>ReLU follows the pooling, as in <see cref="SmallConvNet"/>. Convolution weights are channels-last, and the input should be.</remarks>
public sealed class EmbeddingConvNet : nn.Module<Tensor, Tensor>
{
    /// <summary>The pixels per side that the three poolings reduce to one: the smallest side of an image.</summary>
    public const int Stride = 8;

    private static readonly int[] Maps = [16, 32, 64];

    private readonly Conv2d[] _convolutions;
    private readonly Linear _output;

    static EmbeddingConvNet() => TorchLibrary.EnsureLoaded();

    /// <param name="channels">The input's channels: 1 gray, 3 color.</param>
    /// <param name="height">The height in pixels, 8 or more; the pooling drops the remainder of a division by 8.</param>
    /// <param name="width">The width in pixels, 8 or more.</param>
    /// <param name="embedding">The width of an embedding.</param>
    public EmbeddingConvNet(int channels, int height, int width, int embedding)
        : base(nameof(EmbeddingConvNet))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, Stride);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, Stride);
        ArgumentOutOfRangeException.ThrowIfLessThan(embedding, 1);
        _convolutions = new Conv2d[Maps.Length];
        for (var i = 0; i < Maps.Length; i++)
        {
            _convolutions[i] = ChannelsLast.Apply(nn.Conv2d(i == 0 ? channels : Maps[i - 1], Maps[i], 3, padding: 1));
            register_module($"convolution{i + 1}", _convolutions[i]);
        }

        _output = nn.Linear((long)Maps[^1] * (height / Stride) * (width / Stride), embedding);
        register_module("output", _output);
    }

    /// <param name="input">[n, channels, height, width].</param>
    /// <returns>[n, embedding], each of length 1.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        foreach (var convolution in _convolutions)
            x = F.max_pool2d(convolution.forward(x), 2).relu_();
        return F.normalize(_output.forward(x.flatten(1)), p: 2, dim: 1).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var convolution in _convolutions)
                convolution.Dispose();
            _output.Dispose();
        }

        base.Dispose(disposing);
    }
}
