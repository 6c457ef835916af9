namespace HnmStreams.Mining.Selection;

/// <summary>
/// Online hard example mining (OHEM; Shrivastava, Gupta and Girshick, arXiv 1604.03540): the hardest examples of a batch. Overlapping
/// regions have similar losses, so only the hardest of them is selected (section 4.1; the paper's threshold is 0.7).
/// </summary>
public static class OnlineHardExampleMining
{
    /// <summary>Appends the indices of the <paramref name="count"/> hardest examples, hardest first. O(n + k log k) expected.</summary>
    public static void Select(ReadOnlySpan<float> hardness, int count, ICollection<int> into) => TopK.Select(hardness, count, into);

    /// <summary>
    /// Appends the indices of the hardest examples, hardest first, skipping every box that overlaps a selected one by more than <paramref
    /// name="overlap"/> (non-maximum suppression). O(n log n + n k).
    /// </summary>
    /// <param name="hardness">Hardness of each box.</param>
    /// <param name="boxes">One box per hardness, all of one image.</param>
    /// <param name="overlap">Maximum intersection over union, in [0, 1]; 1 suppresses nothing.</param>
    /// <param name="count">Maximum number of indices.</param>
    /// <param name="into">Receives the indices.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lengths differ, or <paramref name="overlap"/> is outside [0, 1].</exception>
    public static void Select(ReadOnlySpan<float> hardness, ReadOnlySpan<Box> boxes, float overlap, int count, ICollection<int> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentOutOfRangeException.ThrowIfNotEqual(boxes.Length, hardness.Length, nameof(boxes));
        if (!(overlap is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(overlap), overlap, "The overlap must be 0 to 1.");
        var order = new List<int>(hardness.Length);
        TopK.Select(hardness, hardness.Length, order);
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
            if (boxes[index].IntersectionOverUnion(boxes[harder]) > overlap)
                return false;
        }

        return true;
    }
}
