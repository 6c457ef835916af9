using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Storage;

namespace HnmStreams.Offline.Ranking;

/// <summary>The selection of negatives from a band of ranks. Pure except for the generator.</summary>
internal static class RankBand
{
    /// <summary>Selects at most <paramref name="count"/> negatives with ranks from <paramref name="from"/> to <paramref name="to"/>, exclusive.</summary>
    /// <param name="ranked">The negatives that passed the filters, hardest first.</param>
    /// <returns>The selected negatives, hardest first.</returns>
    public static List<ScoredRow> Select(IReadOnlyList<ScoredRow> ranked, int from, int to, int count, MineSampling sampling, Xoshiro256StarStar generator)
    {
        var end = Math.Min(to, ranked.Count);
        var selected = new List<ScoredRow>(Math.Min(count, Math.Max(0, end - from)));
        if (sampling == MineSampling.Top)
            end = Math.Min(end, from + count);
        // Selection sampling in rank order: all subsets are equally likely (Knuth, volume 2, algorithm S).
        for (var rank = from; rank < end; rank++)
        {
            if (end - rank <= count - selected.Count || generator.NextInt32(end - rank) < count - selected.Count)
                selected.Add(ranked[rank]);
        }

        return selected;
    }
}
