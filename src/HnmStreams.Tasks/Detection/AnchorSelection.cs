using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Detection;

/// <summary>Which anchors of a batch the classification loss is taken over; those of objects always. Pure.</summary>
internal static class AnchorSelection
{
    /// <param name="ranks">For each anchor of each picture what it is ranked by, larger first: its loss, or chance.</param>
    /// <param name="positive">Which are of an object.</param>
    /// <returns>Indices of the chosen. O(anchors log anchors) with suppression, else O(anchors) expected.</returns>
    public static List<int> Choose(DetectionOptions options, AnchorGrid grid, ReadOnlySpan<float> ranks, ReadOnlySpan<bool> positive)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(grid);
        var pictures = ranks.Length / grid.Count;
        var chosen = new List<int>();
        if (!string.Equals(options.Background, "top", StringComparison.Ordinal))
        {
            var lengths = new int[pictures];
            lengths.AsSpan().Fill(grid.Count);
            NegativesPerPositive.Select(ranks, positive, lengths, options.NegativesPerPositive, options.MinimumNegatives, chosen);
            return chosen;
        }

        for (var picture = 0; picture < pictures; picture++)
            ChooseTop(options, grid, ranks.Slice(picture * grid.Count, grid.Count), positive.Slice(picture * grid.Count, grid.Count), picture * grid.Count, chosen);
        return chosen;
    }

    /// <summary>Background anchors that a picture with so many anchors of objects is learnt by, where it has them (suppression may leave fewer).</summary>
    public static int Negatives(DetectionOptions options, int positives)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Math.Max(options.MinimumNegatives, string.Equals(options.Background, "top", StringComparison.Ordinal)
            ? options.Top - positives
            : (int)Math.Min(int.MaxValue, positives * options.NegativesPerPositive));
    }

    // Suppression among all would drop anchors of objects beside each other: they are taken first, and the background fills what is left.
    private static void ChooseTop(DetectionOptions options, AnchorGrid grid, ReadOnlySpan<float> ranks, ReadOnlySpan<bool> positive, int offset, List<int> chosen)
    {
        var negatives = ranks.ToArray();
        var positives = 0;
        for (var i = 0; i < negatives.Length; i++)
        {
            if (!positive[i])
                continue;
            negatives[i] = float.NaN;
            chosen.Add(offset + i);
            positives++;
        }

        var hardest = new List<int>();
        OnlineHardExampleMining.Select(negatives, grid.Anchors, options.TopOverlap, Negatives(options, positives), hardest);
        foreach (var anchor in hardest)
            chosen.Add(offset + anchor);
    }
}
