using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// A sampler by rank (arXiv 1511.05952, section 3.3): P is proportional to rank^-alpha, where the hardest candidate has rank 1. It ignores
/// how much harder a candidate is, which makes it robust to outliers. Weights as in <see cref="ProportionalSampler"/>. No candidate is
/// drawn twice. O(log n) per attempt, at most 16 attempts per candidate, then the hardest of the rest.
/// </summary>
/// <param name="alpha">Exponent of the rank: 0 draws uniformly. The paper uses 0.7.</param>
/// <param name="beta">Degree of the importance-sampling correction, as in <see cref="ProportionalOptions.Beta"/>.</param>
public sealed class RankSampler(double alpha, double beta) : StatelessSampler
{
    private const int AttemptsPerDraw = 16;
    private readonly HashSet<int> _drawn = [];

    /// <inheritdoc/>
    protected override void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        _drawn.Clear();
        var ranks = new ZipfRanks(from.Count, alpha);
        for (var attempts = (long)count * AttemptsPerDraw; attempts > 0 && _drawn.Count < count && _drawn.Count < from.Count; attempts--)
            Add(ranks.Draw(generator), ranks, from, into);
        for (var rank = 1; rank <= from.Count && _drawn.Count < count; rank++)
            Add(rank, ranks, from, into);
    }

    private void Add(int rank, in ZipfRanks ranks, IRankedSlots from, ICollection<Draw> into)
    {
        var slot = from.SlotAtRank(rank - 1);
        if (!from.MayBeDrawn(slot) || !_drawn.Add(slot))
            return;
        // The easiest candidate has the smallest probability: the weight is the probability of rank n over this one.
        var weight = beta == 0 ? 1 : Math.Pow((double)rank / from.Count, alpha * beta);
        into.Add(new Draw(slot, ranks.ProbabilityOf(rank), (float)weight));
    }
}
