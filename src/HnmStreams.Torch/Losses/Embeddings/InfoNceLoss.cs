using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>
/// InfoNCE: -log(e^(s(a,p)/t) / (e^(s(a,p)/t) + sum over negatives e^(s(a,n)/t))), for an anchor the mean over its
/// positives (van den Oord et al., arXiv 1807.03748, equation 4). Negatives are all partners that share no group with the anchor: those
/// of the batch, mined ones that were added to it, and those of the memory. The other positives of the anchor are
/// masked, so that none of them is pushed away. <b>By similarity</b>: larger is closer. <b>Mean</b> over the anchors
/// that have a positive and a negative.
/// </summary>
/// <remarks>A row that shares its groups with no other row of the batch is a negative of others and not an anchor. O(n m), for m partners.</remarks>
public sealed class InfoNceLoss : IEmbeddingLoss
{
    // Smaller than any exponent; finite, so that 0 times it is 0 and not NaN.
    private const double MaskedExponent = -1e6;

    private readonly double _temperature;

    /// <param name="temperature">The temperature, above 0, by which similarities are divided.</param>
    public InfoNceLoss(double temperature = 0.05)
    {
        if (!(temperature > 0) || double.IsInfinity(temperature))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be above 0.");
        _temperature = temperature;
    }

    public Tensor PerAnchor(Tensor embeddings, Tensor groups, RememberedEmbeddings? memory = null, Generator? random = null)
    {
        using var scope = NewDisposeScope();
        var pairs = EmbeddingPairs.Of(embeddings, groups, memory);
        var exponents = pairs.Similarities().div(Constants.Of(_temperature));
        var negatives = exponents.masked_fill(pairs.Other.logical_not(), Constants.Of(MaskedExponent)).logsumexp(1, keepdim: true);
        // -log(e^p / (e^p + sum e^n)) = log(1 + exp(log sum e^n - p)).
        var losses = Softplus.Of(negatives - exponents).masked_fill(pairs.Same.logical_not(), Constants.Zero);
        var positives = pairs.Same.sum(1);
        var isComplete = positives.gt(Constants.Zero).logical_and(pairs.Other.any(1));
        var perAnchor = (losses.sum(1) / positives.clamp_min(Constants.One).to(losses.dtype)).masked_fill(isComplete.logical_not(), Constants.Zero);
        using var count = Constants.Once(pairs.Count);
        return (perAnchor * isComplete.sum().clamp_min(Constants.One).to(losses.dtype).reciprocal().mul(count)).MoveToOuterDisposeScope();
    }
}
