namespace HnmStreams.Mining.Selection;

/// <summary>
/// SSD's hard negative mining (Liu et al., arXiv 1512.02325, section 2.2): of each image all positives, and the hardest
/// negatives, at most so many for each positive.
/// </summary>
public static class NegativesPerPositive
{
    /// <summary>Appends the chosen indices, image by image, positives first, then negatives from the hardest. O(n + k log k) expected.</summary>
    /// <param name="hardness">Of every anchor of every image, image after image.</param>
    /// <param name="positive">Which anchors are positive.</param>
    /// <param name="imageLengths">Anchors of each image, in order; together as many as there are.</param>
    /// <param name="ratio">Negatives for each positive; the paper's 3.</param>
    /// <param name="minimum">Negatives of an image that has fewer positives than would pay for them; 0 in the paper, where an image without positives teaches nothing.</param>
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
                // What is not a number is not selected: so are positives kept out of the negatives' ranking.
                negatives[i] = positive[i] ? float.NaN : hardness[i];
                if (!positive[i])
                    continue;
                into.Add(i);
                positives++;
            }

            chosen.Clear();
            TopIndices.Select(negatives.AsSpan(start, length), Math.Max(minimum, (int)Math.Min(int.MaxValue, positives * ratio)), chosen);
            foreach (var index in chosen)
                into.Add(start + index);
            start += length;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(start, hardness.Length, nameof(imageLengths));
    }
}
