using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// By rank (arXiv 1511.05952, section 3.3): P proportional to rank^-alpha, the hardest having rank 1. Deaf to how much
/// harder the hardest is, so that outliers count no more than their place. Weights as in <see cref="ProportionalSampler"/>.
/// None is given twice. O(log n) a try; at most 16 tries for each, then hardest first among the rest.
/// </summary>
/// <param name="alpha">0: all alike. The paper's value is 0.7.</param>
/// <param name="beta">As in <see cref="ProportionalOptions.Beta"/>.</param>
public sealed class RankSampler(double alpha, double beta) : StatelessSampler
{
    private const int TriesEach = 16;
    private readonly HashSet<int> _given = [];

    protected override void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        _given.Clear();
        var ranks = new ZipfRanks(from.Count, alpha);
        for (var tries = (long)count * TriesEach; tries > 0 && _given.Count < count && _given.Count < from.Count; tries--)
            Give(ranks.Draw(generator), ranks, from, into);
        for (var rank = 1; rank <= from.Count && _given.Count < count; rank++)
            Give(rank, ranks, from, into);
    }

    private void Give(int rank, in ZipfRanks ranks, IRankedSlots from, ICollection<Draw> into)
    {
        var slot = from.SlotAtRank(rank - 1);
        if (!from.MayBeDrawn(slot) || !_given.Add(slot))
            return;
        // The easiest has the smallest probability: rank n's over this one's.
        var weight = beta == 0 ? 1 : Math.Pow((double)rank / from.Count, alpha * beta);
        into.Add(new Draw(slot, ranks.ProbabilityOf(rank), (float)weight));
    }
}
