using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Images;

/// <summary>
/// A small object detector in the style of SSD (Liu et al., arXiv 1512.02325): 3x3 convolutions with batch
/// normalization and ReLU (16, 32 and 64 maps of stride 2, then 64: the map of stride 8; 96 of stride 2, then 96: the
/// map of stride 16). On each map, a 3x3 convolution predicts the class logits and offsets of each anchor. 221,516
/// parameters for 3 classes and 1 and 3 anchors.
/// </summary>
/// <remarks>Convolution weights are channels-last, and the input should be.</remarks>
public sealed class AnchorDetector : nn.Module<Tensor, Tensor>, IEmbeddingNetwork
{
    // The initial probability of an object: with even odds, the many background anchors would dominate the first steps
    // (Lin et al., arXiv 1708.02002, section 3.3).
    private const double InitialProbability = 0.01;

    private readonly Sequential _fine;
    private readonly Sequential _coarse;
    private readonly Conv2d? _fineHead;
    private readonly Conv2d? _coarseHead;
    private readonly int _width;

    static AnchorDetector() => TorchLibrary.EnsureLoaded();

    /// <param name="width">The outputs per anchor: class logits, then four offsets.</param>
    /// <param name="fine">The anchors at each position of the map of stride 8; 0 or more.</param>
    /// <param name="coarse">The anchors at each position of the map of stride 16; one of both is above 0.</param>
    /// <param name="classes">The number of class logits.</param>
    public AnchorDetector(int width, int fine, int coarse, int classes)
        : base(nameof(AnchorDetector))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, classes);
        ArgumentOutOfRangeException.ThrowIfNegative(fine);
        ArgumentOutOfRangeException.ThrowIfLessThan(coarse, fine == 0 ? 1 : 0);
        _width = width;
        _fine = nn.Sequential([.. Layers(3, 16, 2), .. Layers(16, 32, 2), .. Layers(32, 64, 2), .. Layers(64, 64, 1)]);
        _coarse = nn.Sequential([.. Layers(64, 96, 2), .. Layers(96, 96, 1)]);
        register_module("fine", _fine);
        register_module("coarse", _coarse);
        _fineHead = fine == 0 ? null : Head(64, fine, classes);
        _coarseHead = coarse == 0 ? null : Head(96, coarse, classes);
        if (_fineHead is not null)
            register_module("fineHead", _fineHead);
        if (_coarseHead is not null)
            register_module("coarseHead", _coarseHead);
    }

    /// <param name="input">[n, 3, height, width].</param>
    /// <returns>[n, anchors x width]: map by map from the finest, row by row, position by position, anchor by anchor.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var fine = _fine.forward(input);
        var outputs = new List<Tensor>(2);
        if (_fineHead is not null)
            outputs.Add(Flatten(_fineHead.forward(fine)));
        if (_coarseHead is not null)
            outputs.Add(Flatten(_coarseHead.forward(_coarse.forward(fine))));
        return cat(outputs, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public int EmbeddingWidth => 96;

    /// <summary>Returns the mean over the positions of the coarse map, which summarizes the whole image.</summary>
    public Tensor Embed(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _coarse.forward(_fine.forward(input)).mean([2, 3]).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _fine.Dispose();
            _coarse.Dispose();
            _fineHead?.Dispose();
            _coarseHead?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static IEnumerable<nn.Module<Tensor, Tensor>> Layers(int from, int to, int stride) =>
    [
        ChannelsLast.Apply(nn.Conv2d(from, to, 3, stride: stride, padding: 1, bias: false)), nn.BatchNorm2d(to), nn.ReLU(),
    ];

    private Conv2d Head(int from, int anchors, int classes)
    {
        var head = ChannelsLast.Apply(nn.Conv2d(from, (long)anchors * _width, 3, padding: 1));
        using var guard = no_grad();
        using var biases = head.bias!.view(anchors, _width);
        biases.zero_();
        using var logits = biases.narrow(1, 0, classes);
        logits.fill_(Constants.Of(-Math.Log((1 - InitialProbability) / InitialProbability)));
        return head;
    }

    private static Tensor Flatten(Tensor map) => map.permute(0, 2, 3, 1).flatten(1);
}
