using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>
/// Multi-similarity loss: log(1 + sum exp(-alpha (s - lambda))) / alpha over an anchor's positives plus log(1 + sum
/// exp(beta (s - lambda))) / beta over its negatives (Wang et al., CVPR 2019, equation 15), each only over the mined
/// pairs (equations 10 and 11): negatives more similar than the least similar positive less epsilon, positives less
/// similar than the most similar negative plus epsilon. <b>By similarity</b>: larger is closer. <b>Mean</b> over all
/// anchors.
/// </summary>
/// <remarks>O(n m), for m partners.</remarks>
public sealed class MultiSimilarityLoss : IEmbeddingLoss
{
    // Larger than any similarity; finite, so that 0 times it is 0 and not NaN.
    private const double MaskedValue = 1e6;

    private readonly double _alpha;
    private readonly double _beta;
    private readonly double _threshold;
    private readonly double _epsilon;

    /// <param name="alpha">The scale of the positives, above 0.</param>
    /// <param name="beta">The scale of the negatives, above 0.</param>
    /// <param name="threshold">The similarity that both are measured from (lambda).</param>
    /// <param name="epsilon">The slack of the mining; infinity keeps every pair.</param>
    public MultiSimilarityLoss(double alpha = 2, double beta = 50, double threshold = 0.5, double epsilon = 0.1)
    {
        if (!(alpha > 0) || double.IsInfinity(alpha))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha must be above 0.");
        if (!(beta > 0) || double.IsInfinity(beta))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "Beta must be above 0.");
        if (!double.IsFinite(threshold))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "The threshold must be a finite number.");
        if (double.IsNaN(epsilon))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Epsilon must be a number.");
        (_alpha, _beta, _threshold, _epsilon) = (alpha, beta, threshold, epsilon);
    }

    public Tensor PerAnchor(Tensor embeddings, Tensor groups, RememberedEmbeddings? memory = null, Generator? random = null)
    {
        using var scope = NewDisposeScope();
        var pairs = EmbeddingPairs.Of(embeddings, groups, memory);
        var similarities = pairs.Similarities();
        var detached = similarities.detach();
        var leastSimilar = detached.masked_fill(pairs.Same.logical_not(), Constants.Of(MaskedValue)).min(1, keepdim: true).values;
        var mostSimilar = detached.masked_fill(pairs.Other.logical_not(), Constants.Of(-MaskedValue)).max(1, keepdim: true).values;
        var negatives = pairs.Other.logical_and(detached.gt(leastSimilar.sub(Constants.Of(_epsilon))));
        var positives = pairs.Same.logical_and(detached.lt(mostSimilar.add(Constants.Of(_epsilon), Constants.One)));
        var above = similarities.sub(Constants.Of(_threshold));
        var pull = LogOnePlusSum(above.mul(Constants.Of(-_alpha)), positives).div(Constants.Of(_alpha));
        var push = LogOnePlusSum(above.mul(Constants.Of(_beta)), negatives).div(Constants.Of(_beta));
        return pull.add(push, Constants.One).MoveToOuterDisposeScope();
    }

    // The 1 is added as the term exp(0), so that logsumexp cannot overflow.
    private static Tensor LogOnePlusSum(Tensor exponents, Tensor selected) =>
        cat([exponents.masked_fill(selected.logical_not(), Constants.Of(-MaskedValue)), zeros(exponents.shape[0], 1, exponents.dtype, exponents.device)], 1).logsumexp(1);
}
