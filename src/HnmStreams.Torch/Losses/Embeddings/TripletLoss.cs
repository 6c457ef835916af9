using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>The rule that selects the triplets of a batch.</summary>
public enum TripletMining
{
    /// <summary>Every triplet with a loss above 0 (arXiv 1703.07737, equation 4, and section 3 for leaving out the zeros).</summary>
    BatchAll,

    /// <summary>Each anchor's farthest positive and closest negative (arXiv 1703.07737, equation 5).</summary>
    BatchHard,

    /// <summary>
    /// Each positive pair's closest negative that is farther than the positive by less than the margin (FaceNet,
    /// arXiv 1503.03832, section 3.2).
    /// </summary>
    SemiHard,

    /// <summary>One random positive and one random negative per anchor: as many triplets as <see cref="BatchHard"/>, as a baseline for it.</summary>
    BatchRandom,
}

/// <summary>
/// Triplet loss: max(0, d(a,p) - d(a,n) + margin), or log(1 + exp(d(a,p) - d(a,n))) with a soft margin (arXiv
/// 1703.07737, section 3). <b>By distance</b>: smaller is closer; Euclidean, or squared as in FaceNet. <b>Mean</b>
/// over the selected triplets: batch-all over those with a loss (all, with a soft margin), batch-hard and
/// batch-random over the anchors that have a positive and a negative, semi-hard over the pairs with a semi-hard
/// negative.
/// </summary>
/// <remarks>Only batch-random draws random numbers. O(n m); batch-all and semi-hard take O(positive pairs x m), for m partners.</remarks>
public sealed class TripletLoss : IEmbeddingLoss
{
    // Larger than any distance; finite, so that 0 times it is 0 and not NaN.
    private const double Far = 1e6;

    private readonly TripletMining _mining;
    private readonly double _margin;
    private readonly bool _soft;
    private readonly bool _squared;

    /// <param name="margin">The margin, above 0. With a soft margin it only limits the semi-hard negatives.</param>
    public TripletLoss(TripletMining mining, double margin, bool soft = false, bool squared = false)
    {
        if (!(margin > 0) || double.IsInfinity(margin))
            throw new ArgumentOutOfRangeException(nameof(margin), margin, "The margin must be above 0.");
        (_mining, _margin, _soft, _squared) = (mining, margin, soft, squared);
    }

    public Tensor PerAnchor(Tensor embeddings, Tensor groups, RememberedEmbeddings? memory = null, Generator? random = null)
    {
        using var scope = NewDisposeScope();
        var pairs = EmbeddingPairs.Of(embeddings, groups, memory);
        var distances = _squared ? pairs.SquaredDistances() : pairs.Distances();
        var (losses, counted) = _mining switch
        {
            TripletMining.BatchHard => OfAnchors(pairs, Extreme(distances, pairs.Same, largest: true), Extreme(distances, pairs.Other, largest: false)),
            TripletMining.BatchRandom => OfAnchors(pairs, Random(distances, pairs.Same, random), Random(distances, pairs.Other, random)),
            _ => OfPairs(pairs, distances),
        };
        using var count = Constants.Once(pairs.Count);
        return (losses * counted.clamp_min(Constants.One).to(losses.dtype).reciprocal().mul(count)).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the number of triplets: all of them, one per anchor, or one per pair of an anchor and a positive.</summary>
    public long Terms(Tensor groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        using var scope = NewDisposeScope();
        var groupSizes = GroupTargets.Shared(groups, groups).sum(1);
        using var rows = Constants.Once(groups.shape[0]);
        var (positives, negatives) = (groupSizes.sub(Constants.One), groupSizes.neg().add(rows, Constants.One));
        var isComplete = positives.gt(Constants.Zero).logical_and(negatives.gt(Constants.Zero));
        return _mining switch
        {
            TripletMining.BatchAll => (positives * negatives).sum().item<long>(),
            TripletMining.BatchHard or TripletMining.BatchRandom => isComplete.sum().item<long>(),
            _ => (positives * isComplete.to(ScalarType.Int64)).sum().item<long>(),
        };
    }

    // One triplet per anchor that has a positive and a negative.
    private (Tensor PerAnchor, Tensor Counted) OfAnchors(EmbeddingPairs pairs, Tensor positive, Tensor negative)
    {
        var isComplete = pairs.Same.any(1).logical_and(pairs.Other.any(1));
        return (Hinge(positive - negative).masked_fill(isComplete.logical_not(), Constants.Zero), isComplete.sum());
    }

    private static Tensor Extreme(Tensor distances, Tensor among, bool largest) => largest
        ? distances.masked_fill(among.logical_not(), Constants.Of(-Far)).max(1).values
        : distances.masked_fill(among.logical_not(), Constants.Of(Far)).min(1).values;

    // The largest of independent uniform numbers is a uniform choice.
    private static Tensor Random(Tensor distances, Tensor among, Generator? random)
    {
        var drawn = rand(distances.shape, generator: random).to(distances.device).masked_fill(among.logical_not(), Constants.Of(-1)).argmax(1, keepdim: true);
        return distances.gather(1, drawn).squeeze(1);
    }

    private (Tensor PerAnchor, Tensor Counted) OfPairs(EmbeddingPairs pairs, Tensor distances)
    {
        var anchors = pairs.Same.nonzero().select(1, 0);
        var positive = distances.masked_select(pairs.Same).unsqueeze(1);
        var negatives = distances.index_select(0, anchors);
        var others = pairs.Other.index_select(0, anchors);
        Tensor losses, counts;
        if (_mining == TripletMining.BatchAll)
        {
            losses = Hinge(positive - negatives).masked_fill(others.logical_not(), Constants.Zero);
            counts = _soft ? others : losses.gt(Constants.Zero);
        }
        else
        {
            var semiHard = others.logical_and(negatives.gt(positive)).logical_and(negatives.lt(positive.add(Constants.Of(_margin), Constants.One)));
            var closest = negatives.masked_fill(semiHard.logical_not(), Constants.Of(Far)).min(1, keepdim: true).values;
            counts = semiHard.any(1, keepdim: true);
            losses = Hinge(positive - closest).masked_fill(counts.logical_not(), Constants.Zero);
        }

        return (zeros(pairs.Count, losses.dtype, losses.device).index_add(0, anchors, losses.sum(1), Constants.One), counts.sum());
    }

    private Tensor Hinge(Tensor difference) => _soft ? Softplus.Of(difference) : difference.add(Constants.Of(_margin), Constants.One).relu();
}
