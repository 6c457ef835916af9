using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Selection;

/// <summary>
/// Distance-weighted sampling (Wu et al., arXiv 1706.07567, section 4.1): a negative is drawn with a probability inverse to
/// how common its distance is among points spread evenly over a sphere, so that all distances come up alike.
/// </summary>
/// <param name="dimension">Of the embeddings, 2 or more; they must lie on the unit sphere, and distances be Euclidean.</param>
/// <param name="closest">Smaller distances count as this one: the paper's 0.5, against the noise of the very closest.</param>
/// <param name="farthest">Larger distances are not drawn, since their loss is 0: the paper's 1.4.</param>
public sealed class DistanceWeighted(int dimension, float closest = 0.5f, float farthest = 1.4f)
{
    /// <summary>Logarithm of 1 / q(d), up to a constant; negative infinity for what is not drawn. Of the sphere's q(d) proportional to d^(D-2) (1 - d^2 / 4)^((D-3)/2).</summary>
    public double LogWeight(float distance)
    {
        if (!(distance < farthest))
            return double.NegativeInfinity;
        double d = Math.Max(distance, closest);
        return -((dimension - 2) * Math.Log(d)) - ((dimension - 3) / 2.0 * Math.Log(Math.Max(1e-12, 1 - (d * d / 4))));
    }

    /// <summary>
    /// Appends one triplet for each pair of an anchor and a positive, its negative drawn by weight. Pairs whose anchor has
    /// no negative closer than <c>farthest</c> give none. O(n^2 positives).
    /// </summary>
    public void Select(EmbeddingBatch batch, Xoshiro256StarStar generator, ICollection<Triplet> into)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        var running = new double[batch.Count];
        for (var anchor = 0; anchor < batch.Count; anchor++)
        {
            var total = SumWeights(batch, anchor, running);
            if (total <= 0)
                continue;
            for (var positive = 0; positive < batch.Count; positive++)
            {
                if (batch.IsPositive(anchor, positive))
                    into.Add(new Triplet(anchor, positive, Find(running, Math.Min(generator.NextDouble() * total, Math.BitDecrement(total)))));
            }
        }
    }

    // Running sums, with the largest weight as 1: in high dimensions the weights themselves leave the range of a double.
    private double SumWeights(EmbeddingBatch batch, int anchor, double[] running)
    {
        var largest = double.NegativeInfinity;
        for (var other = 0; other < batch.Count; other++)
        {
            running[other] = batch.IsNegative(anchor, other) ? LogWeight(batch.Distance(anchor, other)) : double.NegativeInfinity;
            largest = Math.Max(largest, running[other]);
        }

        if (double.IsNegativeInfinity(largest))
            return 0;
        var sum = 0.0;
        for (var other = 0; other < running.Length; other++)
            running[other] = sum += Math.Exp(running[other] - largest);
        return sum;
    }

    // The first whose running sum passes the point: one without weight never is.
    private static int Find(double[] running, double point)
    {
        var (low, high) = (0, running.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (running[middle] > point)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
