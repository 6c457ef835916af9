using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>
/// A block of a residual network: two 3x3 convolutions (ResNet-18), or 1x1, 3x3 and 1x1 (ResNet-50), and the input added to the result. In the second form
/// the 3x3 convolution has the stride, as in TorchVision.
/// </summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    /// <summary>The outputs of a block of three convolutions per map of its first one.</summary>
    public const int Expansion = 4;

    private readonly ProductPrecision _precision;
    private readonly List<(Conv2d Convolution, FixedBatchNorm Norm, int Stride)> _layers = [];
    private readonly Conv2d? _shortcut;
    private readonly FixedBatchNorm? _shortcutNorm;

    /// <param name="maps">The maps of the first convolution.</param>
    /// <param name="isBottleneck">True for three convolutions.</param>
    public ResidualBlock(int inputs, int maps, int stride, bool isBottleneck, ProductPrecision precision)
        : base(nameof(ResidualBlock))
    {
        (Stride, _precision) = (stride, precision);
        var outputs = isBottleneck ? maps * Expansion : maps;
        if (isBottleneck)
        {
            Add(inputs, maps, 1, 1);
            Add(maps, maps, 3, stride);
            Add(maps, outputs, 1, 1);
        }
        else
        {
            Add(inputs, maps, 3, stride);
            Add(maps, maps, 3, 1);
        }

        if (stride == 1 && inputs == outputs)
            return;
        (_shortcut, _shortcutNorm) = (Convolution(inputs, outputs, 1, stride), new FixedBatchNorm(outputs));
        register_module("downsample", new NamedParts(("0", _shortcut), ("1", _shortcutNorm)));
    }

    /// <summary>The stride of the block, 1 or 2.</summary>
    public int Stride { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        for (var i = 0; i < _layers.Count; i++)
        {
            x = _layers[i].Norm.forward(_precision.Convolution(_layers[i].Convolution, x, _layers[i].Stride));
            if (i < _layers.Count - 1)
                x = x.relu_();
        }

        var shortcut = _shortcut is null ? input : _shortcutNorm!.forward(_precision.Convolution(_shortcut, input, Stride));
        return x.add(shortcut, Constants.One).relu_().MoveToOuterDisposeScope();
    }

    /// <summary>Creates a convolution without bias whose padding keeps the size at stride 1.</summary>
    internal static Conv2d Convolution(int inputs, int outputs, int kernel, int stride) =>
        ChannelsLast.Apply(nn.Conv2d(inputs, outputs, kernel, stride: stride, padding: kernel / 2, bias: false));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var (convolution, norm, _) in _layers)
            {
                convolution.Dispose();
                norm.Dispose();
            }

            _shortcut?.Dispose();
            _shortcutNorm?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Add(int inputs, int outputs, int kernel, int stride)
    {
        var (convolution, norm) = (Convolution(inputs, outputs, kernel, stride), new FixedBatchNorm(outputs));
        _layers.Add((convolution, norm, stride));
        register_module($"conv{_layers.Count}", convolution);
        register_module($"bn{_layers.Count}", norm);
    }
}
