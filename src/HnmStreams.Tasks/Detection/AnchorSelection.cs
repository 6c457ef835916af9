using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Detection;

/// <summary>The selection of the anchors that the classification loss is taken over. Anchors of objects are always selected. Pure.</summary>
internal static class AnchorSelection
{
    /// <summary>Selects the anchors of a batch.</summary>
    /// <param name="ranks">The rank of each anchor of each image, larger first: its loss, or a random number.</param>
    /// <param name="positive">True for the anchors of objects.</param>
    /// <returns>The indices of the selected anchors. O(anchors log anchors) with suppression, otherwise O(anchors) expected.</returns>
    public static List<int> Choose(DetectionOptions options, AnchorGrid grid, ReadOnlySpan<float> ranks, ReadOnlySpan<bool> positive)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(grid);
        var images = ranks.Length / grid.Count;
        var chosen = new List<int>();
        if (!string.Equals(options.Background, "top", StringComparison.Ordinal))
        {
            var lengths = new int[images];
            lengths.AsSpan().Fill(grid.Count);
            NegativesPerPositive.Select(ranks, positive, lengths, options.NegativesPerPositive, options.MinNegatives, chosen);
            return chosen;
        }

        for (var image = 0; image < images; image++)
            ChooseTop(options, grid, ranks.Slice(image * grid.Count, grid.Count), positive.Slice(image * grid.Count, grid.Count), image * grid.Count, chosen);
        return chosen;
    }

    /// <summary>Returns the number of background anchors for an image with so many object anchors (suppression may leave fewer).</summary>
    public static int Negatives(DetectionOptions options, int positives)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Math.Max(options.MinNegatives, string.Equals(options.Background, "top", StringComparison.Ordinal)
            ? options.Top - positives
            : (int)Math.Min(int.MaxValue, positives * options.NegativesPerPositive));
    }

    // Suppression among all anchors would drop those of adjacent objects. Therefore object anchors are taken first, and
    // background anchors fill the remaining places.
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
        OnlineHardExampleMining.Select(negatives, grid.Overlap, options.TopOverlap, Negatives(options, positives), hardest);
        foreach (var anchor in hardest)
            chosen.Add(offset + anchor);
    }
}
