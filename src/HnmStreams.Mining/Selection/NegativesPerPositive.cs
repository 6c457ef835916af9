namespace HnmStreams.Mining.Selection;

/// <summary>
/// The hard-negative mining of SSD (Liu et al., arXiv 1512.02325, section 2.2): all positives of each image, and its hardest negatives up
/// to a ratio.
/// </summary>
public static class NegativesPerPositive
{
    /// <summary>
    /// Appends the selected indices, image by image: positives first, then negatives from the hardest. O(n + k log k) expected, for k
    /// selected of n anchors.
    /// </summary>
    /// <param name="hardness">Hardness of every anchor, image after image.</param>
    /// <param name="positive">True for positive anchors.</param>
    /// <param name="imageLengths">Number of anchors of each image, in order; the sum must be the number of anchors.</param>
    /// <param name="ratio">Maximum number of negatives per positive; the paper uses 3.</param>
    /// <param name="minimum">Minimum number of negatives per image; 0 in the paper, where an image without positives contributes nothing.</param>
    /// <param name="into">Receives the indices.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lengths do not match, or <paramref name="ratio"/> or <paramref name="minimum"/> is
    /// negative.</exception>
    public static void Select(ReadOnlySpan<float> hardness, ReadOnlySpan<bool> positive, ReadOnlySpan<int> imageLengths, double ratio, int minimum, ICollection<int> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentOutOfRangeException.ThrowIfNotEqual(positive.Length, hardness.Length, nameof(positive));
        ArgumentOutOfRangeException.ThrowIfNegative(ratio);
        ArgumentOutOfRangeException.ThrowIfNegative(minimum);
        var negatives = new float[hardness.Length];
        var chosen = new List<int>();
        var start = 0;
        foreach (var length in imageLengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(imageLengths));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, hardness.Length - start, nameof(imageLengths));
            var positives = 0;
            for (var i = start; i < start + length; i++)
            {
                // NaN is never selected, which excludes positives from the ranking of negatives.
                negatives[i] = positive[i] ? float.NaN : hardness[i];
                if (!positive[i])
                    continue;
                into.Add(i);
                positives++;
            }

            chosen.Clear();
            TopK.Select(negatives.AsSpan(start, length), Math.Max(minimum, (int)Math.Min(int.MaxValue, positives * ratio)), chosen);
            foreach (var index in chosen)
                into.Add(start + index);
            start += length;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(start, hardness.Length, nameof(imageLengths));
    }
}
