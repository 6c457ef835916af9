using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// A sampler by percentile in the pool, after Selective-Backprop (arXiv 1910.00762): P is proportional to percentile^beta, where the
/// hardest candidate has percentile 1. Draws by inverting the cumulative distribution over ranks, which is a power function; discretization
/// makes the probability of a rank exact to 1 / n. No candidate is drawn twice. O(log n) per attempt, at most 16 attempts per candidate,
/// then the hardest of the rest.
/// </summary>
/// <param name="beta">Selectivity: 0 draws uniformly, larger values favor hard candidates.</param>
public sealed class PercentileSampler(double beta) : StatelessSampler
{
    private const int AttemptsPerDraw = 16;
    private readonly HashSet<int> _drawn = [];

    /// <inheritdoc/>
    protected override void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        _drawn.Clear();
        var n = from.Count;
        for (var attempts = (long)count * AttemptsPerDraw; attempts > 0 && _drawn.Count < count && _drawn.Count < n; attempts--)
        {
            var place = (int)Math.Min(n - 1, Math.Pow(generator.NextDouble(), 1 / (beta + 1)) * n);
            Add(n - 1 - place, from, into);
        }

        for (var rank = 0; rank < n && _drawn.Count < count; rank++)
            Add(rank, from, into);
    }

    private void Add(int rank, IRankedSlots from, ICollection<Draw> into)
    {
        var slot = from.SlotAtRank(rank);
        if (!from.MayBeDrawn(slot) || !_drawn.Add(slot))
            return;
        double n = from.Count;
        var probability = Math.Pow((n - rank) / n, beta + 1) - Math.Pow((n - rank - 1) / n, beta + 1);
        into.Add(new Draw(slot, probability, 1));
    }
}
