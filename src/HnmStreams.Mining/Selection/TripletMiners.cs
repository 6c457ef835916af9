namespace HnmStreams.Mining.Selection;

/// <summary>Triplets from a batch of embeddings. Anchors without a positive or without a negative give none. Pure; O(n^2) unless said otherwise.</summary>
public static class TripletMiners
{
    /// <summary>For each anchor its farthest positive and its closest negative (Hermans, Beyer and Leibe, arXiv 1703.07737, equation 5). Of equals the lower index.</summary>
    public static void BatchHard(EmbeddingBatch batch, ICollection<Triplet> into)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(into);
        for (var anchor = 0; anchor < batch.Count; anchor++)
        {
            var (positive, negative) = (-1, -1);
            for (var other = 0; other < batch.Count; other++)
            {
                if (batch.IsPositive(anchor, other) && (positive < 0 || batch.Distance(anchor, other) > batch.Distance(anchor, positive)))
                    positive = other;
                else if (batch.IsNegative(anchor, other) && (negative < 0 || batch.Distance(anchor, other) < batch.Distance(anchor, negative)))
                    negative = other;
            }

            if (positive >= 0 && negative >= 0)
                into.Add(new Triplet(anchor, positive, negative));
        }
    }

    /// <summary>
    /// For each pair of an anchor and a positive the closest negative that is farther away than the positive, but by less
    /// than the margin (FaceNet: Schroff et al., arXiv 1503.03832, section 3.2). A pair that has none gives no triplet. O(n^2 positives).
    /// </summary>
    public static void SemiHard(EmbeddingBatch batch, float margin, ICollection<Triplet> into)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(into);
        ForEachPair(batch, (anchor, positive) =>
        {
            var bound = batch.Distance(anchor, positive);
            var closest = -1;
            for (var other = 0; other < batch.Count; other++)
            {
                if (!batch.IsNegative(anchor, other))
                    continue;
                var distance = batch.Distance(anchor, other);
                if (distance > bound && distance < bound + margin && (closest < 0 || distance < batch.Distance(anchor, closest)))
                    closest = other;
            }

            if (closest >= 0)
                into.Add(new Triplet(anchor, positive, closest));
        });
    }

    /// <summary>All triplets that violate the margin: those whose loss max(0, d(a,p) - d(a,n) + margin) is above 0 (arXiv 1703.07737, equation 4, without the zeros that its section 3 drops). O(n^2 positives).</summary>
    public static void BatchAll(EmbeddingBatch batch, float margin, ICollection<Triplet> into)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(into);
        ForEachPair(batch, (anchor, positive) =>
        {
            for (var other = 0; other < batch.Count; other++)
            {
                if (batch.IsNegative(anchor, other) && batch.Distance(anchor, positive) - batch.Distance(anchor, other) + margin > 0)
                    into.Add(new Triplet(anchor, positive, other));
            }
        });
    }

    private static void ForEachPair(EmbeddingBatch batch, Action<int, int> use)
    {
        for (var anchor = 0; anchor < batch.Count; anchor++)
        {
            for (var other = 0; other < batch.Count; other++)
            {
                if (batch.IsPositive(anchor, other))
                    use(anchor, other);
            }
        }
    }
}
