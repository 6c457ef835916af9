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
    /// Appends the indices of the hardest examples, hardest first, skipping each one that overlaps a selected one by more than
    /// <paramref name="maxOverlap"/> (non-maximum suppression). O(n log n) plus n k calls of <paramref name="overlap"/>.
    /// </summary>
    /// <param name="hardness">Hardness of each example.</param>
    /// <param name="overlap">
    /// Returns the overlap of two examples, given by their indices, 0 to 1. For boxes in an image it is the intersection over union.
    /// </param>
    /// <param name="maxOverlap">The maximum overlap of two selected examples, 0 to 1; 1 suppresses nothing.</param>
    /// <param name="count">Maximum number of indices.</param>
    /// <param name="into">Receives the indices.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxOverlap"/> is outside [0, 1].</exception>
    public static void Select(ReadOnlySpan<float> hardness, Func<int, int, double> overlap, float maxOverlap, int count, ICollection<int> into)
    {
        ArgumentNullException.ThrowIfNull(overlap);
        ArgumentNullException.ThrowIfNull(into);
        if (!(maxOverlap is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(maxOverlap), maxOverlap, "The maximum overlap must be 0 to 1.");
        var order = new List<int>(hardness.Length);
        TopK.Select(hardness, hardness.Length, order);
        var selected = new List<int>(Math.Max(0, Math.Min(count, order.Count)));
        foreach (var index in order)
        {
            if (selected.Count >= count)
                break;
            if (selected.TrueForAll(harder => overlap(index, harder) <= maxOverlap))
                selected.Add(index);
        }

        foreach (var index in selected)
            into.Add(index);
    }
}
