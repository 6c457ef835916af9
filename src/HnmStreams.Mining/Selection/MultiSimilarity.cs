namespace HnmStreams.Mining.Selection;

/// <summary>
/// The pair mining of the multi-similarity loss (Wang et al., CVPR 2019, section 4.1): a negative is kept where it is more
/// similar than the least similar positive less epsilon; a positive where it is less similar than the most similar negative plus epsilon.
/// </summary>
public static class MultiSimilarity
{
    /// <summary>Appends the pairs, anchor by anchor. Anchors without a positive or without a negative give none. Pure, O(n^2).</summary>
    /// <param name="epsilon">In the unit of the similarities; the paper's 0.1 for cosines.</param>
    public static void Select(EmbeddingBatch batch, float epsilon, ICollection<Pair> positives, ICollection<Pair> negatives)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(positives);
        ArgumentNullException.ThrowIfNull(negatives);
        for (var anchor = 0; anchor < batch.Count; anchor++)
        {
            var (leastPositive, mostNegative) = (float.PositiveInfinity, float.NegativeInfinity);
            for (var other = 0; other < batch.Count; other++)
            {
                if (batch.IsPositive(anchor, other))
                    leastPositive = Math.Min(leastPositive, batch.Similarity(anchor, other));
                else if (batch.IsNegative(anchor, other))
                    mostNegative = Math.Max(mostNegative, batch.Similarity(anchor, other));
            }

            // With either side empty its extreme is infinite, and nothing passes it.
            for (var other = 0; other < batch.Count; other++)
            {
                if (batch.IsNegative(anchor, other) && batch.Similarity(anchor, other) > leastPositive - epsilon)
                    negatives.Add(new Pair(anchor, other));
                else if (batch.IsPositive(anchor, other) && batch.Similarity(anchor, other) < mostNegative + epsilon)
                    positives.Add(new Pair(anchor, other));
            }
        }
    }
}
