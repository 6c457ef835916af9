using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>
/// log(1 + sum exp(-alpha (s - lambda))) / alpha over an anchor's positives and log(1 + sum exp(beta (s - lambda))) / beta
/// over its negatives (Wang et al., Multi-Similarity Loss, CVPR 2019, equation 15), each only over the pairs that its
/// mining keeps (equations 10 and 11): negatives more similar than the least similar positive less epsilon, positives less
/// similar than the most similar negative plus epsilon. <b>By similarity</b>: larger is closer. <b>Mean</b> over all anchors.
/// </summary>
/// <remarks>O(n m), for m partners.</remarks>
public sealed class MultiSimilarityLoss : IEmbeddingLoss
{
    // More than any similarity; finite, so that 0 times it is 0 and not NaN.
    private const double Beyond = 1e6;

    private readonly double _alpha;
    private readonly double _beta;
    private readonly double _threshold;
    private readonly double _epsilon;

    /// <param name="alpha">How sharply positives weigh, above 0.</param>
    /// <param name="beta">How sharply negatives weigh, above 0.</param>
    /// <param name="threshold">The similarity that both are measured from: lambda.</param>
    /// <param name="epsilon">Slack of the mining; infinity keeps every pair.</param>
    public MultiSimilarityLoss(double alpha = 2, double beta = 50, double threshold = 0.5, double epsilon = 0.1)
    {
        if (!(alpha > 0) || double.IsInfinity(alpha))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Above 0.");
        if (!(beta > 0) || double.IsInfinity(beta))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "Above 0.");
        if (!double.IsFinite(threshold))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A finite number.");
        if (double.IsNaN(epsilon))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "A number.");
        (_alpha, _beta, _threshold, _epsilon) = (alpha, beta, threshold, epsilon);
    }

    public Tensor PerAnchor(Tensor embeddings, Tensor groups, RememberedEmbeddings? memory = null)
    {
        using var scope = NewDisposeScope();
        var pairs = EmbeddingPairs.Of(embeddings, groups, memory);
        var similarities = pairs.Similarities();
        var seen = similarities.detach();
        var leastSimilar = seen.masked_fill(pairs.Same.logical_not(), Constants.Of(Beyond)).min(1, keepdim: true).values;
        var mostSimilar = seen.masked_fill(pairs.Other.logical_not(), Constants.Of(-Beyond)).max(1, keepdim: true).values;
        var negatives = pairs.Other.logical_and(seen.gt(leastSimilar.sub(Constants.Of(_epsilon))));
        var positives = pairs.Same.logical_and(seen.lt(mostSimilar.add(Constants.Of(_epsilon), Constants.One)));
        var above = similarities.sub(Constants.Of(_threshold));
        var pull = LogOnePlusSum(above.mul(Constants.Of(-_alpha)), positives).div(Constants.Of(_alpha));
        var push = LogOnePlusSum(above.mul(Constants.Of(_beta)), negatives).div(Constants.Of(_beta));
        return pull.add(push, Constants.One).MoveToOuterDisposeScope();
    }

    // The 1 is one more term, exp(0): so it does not overflow.
    private static Tensor LogOnePlusSum(Tensor exponents, Tensor chosen) =>
        cat([exponents.masked_fill(chosen.logical_not(), Constants.Of(-Beyond)), zeros(exponents.shape[0], 1, exponents.dtype, exponents.device)], 1).logsumexp(1);
}
