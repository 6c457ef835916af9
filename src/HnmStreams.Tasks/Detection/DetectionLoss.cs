using System.Runtime.InteropServices;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Tasks.Detection;

/// <summary>
/// The loss of classification and localization: binary cross-entropy over the classes (or focal, Lin et al., arXiv
/// 1708.02002) of the selected anchors, plus smooth L1 of the offsets (Girshick, arXiv 1504.08083, equation 3) of the
/// object anchors. Both are divided by the number of object anchors in the batch.
/// </summary>
/// <remarks>Immutable. Tensors belong to the caller's dispose scope.</remarks>
internal sealed class DetectionLoss(DetectionOptions options, AnchorGrid grid)
{
    private readonly int _classes = options.Labels.Length;
    private readonly bool _isFocal = string.Equals(options.Loss, "focal", StringComparison.Ordinal);
    private readonly bool _all = string.Equals(options.Background, "all", StringComparison.Ordinal);
    private readonly bool _random = string.Equals(options.Background, "random", StringComparison.Ordinal);

    /// <summary>Returns the loss of each image, differentiable in the outputs.</summary>
    /// <param name="outputs">[n, anchors x (classes + 4)].</param>
    /// <param name="targets">[n, anchors, 5]: the class index, -1 (background) or -2 (ignored), then the offsets.</param>
    /// <param name="random">The generator of the random background, on the CPU; null uses torch's own.</param>
    /// <returns>[n]; its mean is the batch's loss per object anchor.</returns>
    public Tensor PerImage(Tensor outputs, Tensor targets, Generator? random = null)
    {
        using var scope = NewDisposeScope();
        var images = outputs.shape[0];
        var anchors = outputs.view(images, grid.Count, _classes + 4);
        var labels = targets.select(2, 0).to(ScalarType.Int64);
        var isObject = labels.ge(Constants.Zero);
        var truth = F.one_hot(labels.clamp(Constants.Zero), _classes).to(ScalarType.Float32) * isObject.unsqueeze(2);
        var logits = anchors.narrow(2, 0, _classes);

        var perClass = F.binary_cross_entropy_with_logits(logits, truth, reduction: nn.Reduction.None);
        var counts = labels.ge(Constants.Of(AnchorMatching.Background));
        var perAnchor = (_isFocal ? Focal(perClass, logits, truth) : perClass).sum(2) * counts;
        if (!_isFocal && !_all)
            perAnchor = perAnchor * SelectionMask(perAnchor, isObject, counts, random);
        var localization = F.smooth_l1_loss(anchors.narrow(2, _classes, 4), targets.narrow(2, 1, 4), reduction: nn.Reduction.None).sum(2) * isObject;
        var perImage = perAnchor.add(localization, Constants.One).sum(1);
        using var count = Constants.Once(images);
        return (perImage * isObject.sum().clamp(Constants.One).reciprocal().mul(count)).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the number of anchors that <see cref="PerImage"/> takes the classification loss over.</summary>
    public long Terms(Tensor targets)
    {
        using var scope = NewDisposeScope();
        if (_isFocal || _all)
            return targets.shape[0] * grid.Count;
        var terms = 0L;
        foreach (var positives in targets.select(2, 0).ge(Constants.Zero).sum(1).cpu().data<long>())
            terms += Math.Min(grid.Count, positives + AnchorSelection.Negatives(options, (int)positives));
        return terms;
    }

    private Tensor Focal(Tensor perClass, Tensor logits, Tensor truth)
    {
        var probability = logits.sigmoid();
        var (missing, other) = (OneMinus(probability), OneMinus(truth));
        var wrong = (truth * missing).add(other * probability, Constants.One);
        var balance = truth.mul(Constants.Of(options.FocalAlpha)).add(other.mul(Constants.Of(1 - options.FocalAlpha)), Constants.One);
        return perClass * balance * wrong.pow(Constants.Of(options.FocalGamma));
    }

    private static Tensor OneMinus(Tensor x) => x.neg().add(Constants.One, Constants.One);

    private Tensor SelectionMask(Tensor perAnchor, Tensor isObject, Tensor counts, Generator? random)
    {
        using var ranks = (_random ? rand(perAnchor.shape, generator: random) * counts.cpu() : perAnchor.detach()).cpu().contiguous();
        using var positive = isObject.cpu().contiguous();
        var chosen = AnchorSelection.Choose(options, grid, MemoryMarshal.Cast<byte, float>(ranks.bytes), MemoryMarshal.Cast<byte, bool>(positive.bytes));
        var mask = new float[perAnchor.NumberOfElements];
        foreach (var anchor in chosen)
            mask[anchor] = 1;
        return tensor(mask).view(perAnchor.shape).to(perAnchor.device);
    }
}
