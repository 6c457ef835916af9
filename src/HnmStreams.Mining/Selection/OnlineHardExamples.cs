namespace HnmStreams.Mining.Selection;

/// <summary>
/// Online hard example mining (Shrivastava, Gupta and Girshick, arXiv 1604.03540): the B hardest of a batch. Regions that
/// overlap have much the same loss, so that of those the hardest alone is taken first (section 4.1; their threshold is 0.7).
/// </summary>
public static class OnlineHardExamples
{
    /// <summary>Appends the indices of the <paramref name="count"/> hardest, hardest first. O(n + k log k) expected.</summary>
    public static void Select(ReadOnlySpan<float> hardness, int count, ICollection<int> into) => TopIndices.Select(hardness, count, into);

    /// <summary>As above, passing over every box that overlaps a harder chosen one by more than <paramref name="overlap"/>. O(n log n + n k).</summary>
    /// <param name="boxes">One for each hardness, all of one image.</param>
    /// <param name="overlap">Intersection over union, in [0, 1]; 1 suppresses nothing.</param>
    public static void Select(ReadOnlySpan<float> hardness, ReadOnlySpan<Box> boxes, float overlap, int count, ICollection<int> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentOutOfRangeException.ThrowIfNotEqual(boxes.Length, hardness.Length, nameof(boxes));
        if (!(overlap is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(overlap), overlap, "An overlap lies between 0 and 1.");
        var order = new List<int>(hardness.Length);
        TopIndices.Select(hardness, hardness.Length, order);
        var chosen = new List<int>(Math.Max(0, Math.Min(count, order.Count)));
        foreach (var index in order)
        {
            if (chosen.Count >= count)
                break;
            if (IsFree(boxes, index, chosen, overlap))
                chosen.Add(index);
        }

        foreach (var index in chosen)
            into.Add(index);
    }

    private static bool IsFree(ReadOnlySpan<Box> boxes, int index, List<int> chosen, float overlap)
    {
        foreach (var harder in chosen)
        {
            if (boxes[index].OverlapWith(boxes[harder]) > overlap)
                return false;
        }

        return true;
    }
}
