using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// Residents by their percentile in the pool (after Selective-Backprop, arXiv 1910.00762): P proportional to
/// percentile^beta, where the hardest stands at 1. Drawn by inverting the running sum over ranks, which is a power; the
/// corners of its steps make a rank's chance exact to 1 / n. None twice. O(log n) a try; at most 16 tries for each, then hardest first among the rest.
/// </summary>
/// <param name="beta">0: all alike; larger is more selective.</param>
public sealed class PercentileSampler(double beta) : StatelessSampler
{
    private const int TriesEach = 16;
    private readonly HashSet<int> _given = [];

    protected override void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        _given.Clear();
        var n = from.Count;
        for (var tries = (long)count * TriesEach; tries > 0 && _given.Count < count && _given.Count < n; tries--)
        {
            var place = (int)Math.Min(n - 1, Math.Pow(generator.NextDouble(), 1 / (beta + 1)) * n);
            Give(n - 1 - place, from, into);
        }

        for (var rank = 0; rank < n && _given.Count < count; rank++)
            Give(rank, from, into);
    }

    private void Give(int rank, IRankedSlots from, ICollection<Draw> into)
    {
        var slot = from.SlotAtRank(rank);
        if (!from.MayBeDrawn(slot) || !_given.Add(slot))
            return;
        double n = from.Count;
        var probability = Math.Pow((n - rank) / n, beta + 1) - Math.Pow((n - rank - 1) / n, beta + 1);
        into.Add(new Draw(slot, probability, 1));
    }
}
