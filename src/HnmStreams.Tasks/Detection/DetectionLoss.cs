using System.Runtime.InteropServices;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Tasks.Detection;

/// <summary>
/// Class and place of anchors: binary cross-entropy over the classes (or focal, Lin et al., arXiv 1708.02002) of those
/// that are chosen, and smooth L1 of the offsets (Girshick, arXiv 1504.08083, equation 3) of those of objects, both
/// divided by the anchors of objects in the batch.
/// </summary>
/// <remarks>Immutable; tensors belong to the caller's scope.</remarks>
internal sealed class DetectionLoss(DetectionOptions options, AnchorGrid grid)
{
    private readonly int _classes = options.Labels.Length;
    private readonly bool _isFocal = string.Equals(options.Loss, "focal", StringComparison.Ordinal);
    private readonly bool _all = string.Equals(options.Background, "all", StringComparison.Ordinal);
    private readonly bool _random = string.Equals(options.Background, "random", StringComparison.Ordinal);

    /// <param name="outputs">[n, anchors x (classes + 4)].</param>
    /// <param name="targets">[n, anchors, 5]: the class's index or -1, and the offsets.</param>
    /// <returns>[n]; its mean is the loss of all for each anchor of an object.</returns>
    public Tensor PerPicture(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var pictures = outputs.shape[0];
        var anchors = outputs.view(pictures, grid.Count, _classes + 4);
        var of = targets.select(2, 0).to(ScalarType.Int64);
        var isObject = of.ge(Constants.Zero);
        var truth = F.one_hot(of.clamp(Constants.Zero), _classes).to(ScalarType.Float32) * isObject.unsqueeze(2);
        var logits = anchors.narrow(2, 0, _classes);

        var perClass = F.binary_cross_entropy_with_logits(logits, truth, reduction: nn.Reduction.None);
        var perAnchor = (_isFocal ? Focal(perClass, logits, truth) : perClass).sum(2);
        if (!_isFocal && !_all)
            perAnchor = perAnchor * Chosen(perAnchor, isObject);
        var place = F.smooth_l1_loss(anchors.narrow(2, _classes, 4), targets.narrow(2, 1, 4), reduction: nn.Reduction.None).sum(2) * isObject;
        var each = perAnchor.add(place, Constants.One).sum(1);
        using var count = Constants.Once(pictures);
        return (each * isObject.sum().clamp(Constants.One).reciprocal().mul(count)).MoveToOuterDisposeScope();
    }

    /// <summary>Anchors that <see cref="PerPicture"/> takes the classification loss over.</summary>
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
        var (missing, other) = (OneLess(probability), OneLess(truth));
        var wrong = (truth * missing).add(other * probability, Constants.One);
        var balance = truth.mul(Constants.Of(options.FocalAlpha)).add(other.mul(Constants.Of(1 - options.FocalAlpha)), Constants.One);
        return perClass * balance * wrong.pow(Constants.Of(options.FocalGamma));
    }

    private static Tensor OneLess(Tensor x) => x.neg().add(Constants.One, Constants.One);

    private Tensor Chosen(Tensor perAnchor, Tensor isObject)
    {
        // By chance from torch's own generator: only the trainer takes losses, and checkpoints hold its state.
        using var ranks = (_random ? rand_like(perAnchor.detach()) : perAnchor.detach()).cpu().contiguous();
        using var positive = isObject.cpu().contiguous();
        var chosen = AnchorSelection.Choose(options, grid, MemoryMarshal.Cast<byte, float>(ranks.bytes), MemoryMarshal.Cast<byte, bool>(positive.bytes));
        var mask = new float[perAnchor.NumberOfElements];
        foreach (var anchor in chosen)
            mask[anchor] = 1;
        return tensor(mask).view(perAnchor.shape).to(perAnchor.device);
    }
}
