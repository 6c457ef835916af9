using System.Numerics.Tensors;

namespace HnmStreams.Evaluation.Metrics;

/// <summary>Verification metrics of embeddings: every pair is scored once by dot product, and the pairs that share a group are the positives.</summary>
public static class EmbeddingVerification
{
    /// <summary>
    /// Returns the <see cref="VerificationMetrics.TrueAcceptRate"/> over all pairs. Pure; O(n² (width + log n)) time and O(n²) memory.
    /// </summary>
    /// <param name="embeddings">Embeddings, [n, width] in row-major order; finite; at most 30,000 rows.</param>
    /// <param name="width">Number of elements per embedding.</param>
    /// <param name="groups">Group of each embedding, [n].</param>
    /// <param name="falseAcceptRate">Maximum false-accept rate, 0 or more.</param>
    /// <returns>0 to 1; NaN without a pair of one group or without a pair of two groups.</returns>
    public static double TrueAcceptRate(ReadOnlySpan<float> embeddings, int width, ReadOnlySpan<int> groups, double falseAcceptRate) =>
        TrueAcceptRate(embeddings, width, new GroupMemberships(groups), falseAcceptRate);

    /// <summary>
    /// Returns the <see cref="VerificationMetrics.TrueAcceptRate"/> over all pairs, if embeddings may have several groups. Pure;
    /// O(n² (width + log n)) time and O(n²) memory.
    /// </summary>
    /// <param name="embeddings">Embeddings, [n, width] in row-major order; finite; at most 30,000 rows.</param>
    /// <param name="width">Number of elements per embedding.</param>
    /// <param name="groups">Groups of each embedding.</param>
    /// <param name="falseAcceptRate">Maximum false-accept rate, 0 or more.</param>
    /// <returns>0 to 1; NaN without a pair that shares a group or without a pair that shares none.</returns>
    public static double TrueAcceptRate(ReadOnlySpan<float> embeddings, int width, GroupMemberships groups, double falseAcceptRate)
    {
        ArgumentNullException.ThrowIfNull(groups);
        EmbeddingRetrieval.Check(embeddings, groups, width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groups.Count, 30_000, nameof(groups));
        var pairs = groups.Count * (groups.Count - 1) / 2;
        var (scores, same, next) = (new float[pairs], new bool[pairs], 0);
        for (var i = 0; i < groups.Count; i++)
        {
            for (var j = i + 1; j < groups.Count; j++)
            {
                scores[next] = TensorPrimitives.Dot(embeddings.Slice(i * width, width), embeddings.Slice(j * width, width));
                same[next++] = groups.Share(i, groups, j);
            }
        }

        return VerificationMetrics.TrueAcceptRate(scores, same, falseAcceptRate);
    }
}
