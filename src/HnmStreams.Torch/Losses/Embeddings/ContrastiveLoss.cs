using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>
/// Contrastive loss: d^2 / 2 for a pair that shares a group, max(0, margin - d)^2 / 2 for a pair that shares none (Hadsell,
/// Chopra and LeCun, CVPR 2006, equation 4). <b>By distance</b>, Euclidean: smaller is closer. <b>Mean</b> over the
/// pairs of one group, plus the mean over the pairs of two groups that lie within the margin. A single mean over all
/// pairs would be dominated by the many distant pairs, which have no loss.
/// </summary>
/// <remarks>O(n m), for m partners.</remarks>
public sealed class ContrastiveLoss : IEmbeddingLoss
{
    private readonly double _margin;

    /// <param name="margin">The distance that two groups should have at least, above 0. Distances between embeddings of unit length are at most 2.</param>
    public ContrastiveLoss(double margin)
    {
        if (!(margin > 0) || double.IsInfinity(margin))
            throw new ArgumentOutOfRangeException(nameof(margin), margin, "The margin must be above 0.");
        _margin = margin;
    }

    public Tensor PerAnchor(Tensor embeddings, Tensor groups, RememberedEmbeddings? memory = null, Generator? random = null)
    {
        using var scope = NewDisposeScope();
        var pairs = EmbeddingPairs.Of(embeddings, groups, memory);
        var squared = pairs.SquaredDistances();
        var missing = squared.sqrt().neg().add(Constants.Of(_margin), Constants.One).relu();
        var near = pairs.Other.logical_and(missing.detach().gt(Constants.Zero));
        var together = Share(squared.div(Constants.Two), pairs.Same);
        var apart = Share(missing.pow(Constants.Two).div(Constants.Two), near);
        using var count = Constants.Once(pairs.Count);
        return together.add(apart, Constants.One).mul(count).MoveToOuterDisposeScope();
    }

    // Each anchor's part of the mean over all selected pairs.
    private static Tensor Share(Tensor losses, Tensor selected) =>
        losses.masked_fill(selected.logical_not(), Constants.Zero).sum(1) / selected.sum().clamp_min(Constants.One).to(losses.dtype);
}
