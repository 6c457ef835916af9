using HnmStreams.Mining.Randomness;

namespace HnmStreams.Offline.Rounds;

/// <summary>Takes from ranked negatives what is wanted of the band.</summary>
internal static class Band
{
    /// <param name="ranked">Hardest first; those that the filters leave.</param>
    /// <param name="from">The rank at which the band begins.</param>
    /// <param name="count">How many are taken at most.</param>
    /// <returns>Hardest first.</returns>
    public static List<ScoredRow> Take(IReadOnlyList<ScoredRow> ranked, int from, int to, int count, MineSampling sampling, Xoshiro256StarStar generator)
    {
        var end = Math.Min(to, ranked.Count);
        var taken = new List<ScoredRow>(Math.Min(count, Math.Max(0, end - from)));
        if (sampling == MineSampling.Top)
            end = Math.Min(end, from + count);
        // In order of rank, each with the chance that leaves all subsets alike (Knuth, volume 2, algorithm S).
        for (var rank = from; rank < end; rank++)
        {
            if (end - rank <= count - taken.Count || generator.NextInt32(end - rank) < count - taken.Count)
                taken.Add(ranked[rank]);
        }

        return taken;
    }
}
