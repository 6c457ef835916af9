using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>
/// A residual network for images (He et al., arXiv 1512.03385) without its classifier, with the tensor names of TorchVision: ResNet-18 and ResNet-34 of blocks of two
/// convolutions, ResNet-50 and deeper ones of blocks of three. The features are the mean of the last maps.
/// </summary>
/// <remarks>
/// TorchSharp.TorchVision has these networks too. They add tensors by an operation that creates a native scalar (<see cref="Constants"/>), have weights that are not
/// channels-last, and normalize by the statistics of the batch in training.
/// </remarks>
internal sealed class ResNet : nn.Module<Tensor, Tensor>, IBackbone
{
    /// <summary>The number of stages of blocks, <c>layer1</c> to <c>layer4</c>.</summary>
    public const int Stages = 4;

    private const int StemMaps = 64;
    private const int StemStride = 2;

    private readonly ProductPrecision _precision;
    private readonly List<string> _names = [];
    private readonly Conv2d _stem;
    private readonly FixedBatchNorm _norm;
    private readonly List<ResidualBlock> _blocks = [];

    static ResNet() => TorchLibrary.EnsureLoaded();

    /// <param name="blocks">The number of blocks of each stage, for example 2, 2, 2, 2 for ResNet-18.</param>
    /// <param name="isBottleneck">True for blocks of three convolutions.</param>
    /// <param name="precision">The precision of convolutions; null for float32.</param>
    public ResNet(int channels, IReadOnlyList<int> blocks, bool isBottleneck, ProductPrecision? precision = null)
        : base(nameof(ResNet))
    {
        _precision = precision ?? ProductPrecision.Float32;
        ArgumentOutOfRangeException.ThrowIfNotEqual(blocks.Count, Stages, nameof(blocks));
        // Padding 3 of the 7x7 kernel.
        (_stem, _norm) = (ResidualBlock.Convolution(channels, StemMaps, 7, StemStride), new FixedBatchNorm(StemMaps));
        register_module("conv1", _stem);
        register_module("bn1", _norm);
        var inputs = StemMaps;
        for (var stage = 0; stage < Stages; stage++)
        {
            var maps = StemMaps << stage;
            var first = _blocks.Count;
            for (var i = 0; i < blocks[stage]; i++)
            {
                _blocks.Add(new ResidualBlock(inputs, maps, stride: i == 0 && stage > 0 ? 2 : 1, isBottleneck, _precision));
                _names.Add($"layer{stage + 1}.{i}.");
                inputs = isBottleneck ? maps * ResidualBlock.Expansion : maps;
            }

            register_module($"layer{stage + 1}", new NamedParts([.. _blocks.Skip(first).Select(static (block, i) => ($"{i}", (nn.Module)block))]));
        }

        Width = inputs;
    }

    public int Width { get; }

    public bool TakesTokens => false;

    /// <param name="input">[n, channels, height, width] of any size, channels-last.</param>
    /// <returns>[n, <see cref="Width"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Layers(input).Aggregate(input, static (x, layer) => layer.Forward(x)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<NetworkLayer> Layers(Tensor input) =>
    [
        new(["conv1.", "bn1."], Stem),
        .. _blocks.Select((block, i) => new NetworkLayer([_names[i]], block.forward)),
        new([], x => _precision.Raise(x).mean([2, 3])),
    ];

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stem.Dispose();
            _norm.Dispose();
            foreach (var block in _blocks)
                block.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor Stem(Tensor images)
    {
        using var scope = NewDisposeScope();
        var x = _norm.forward(_precision.Convolution(_stem, _precision.Lower(images), StemStride)).relu_();
        return F.max_pool2d(x, 3, stride: 2, padding: 1).MoveToOuterDisposeScope();
    }
}
