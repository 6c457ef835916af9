using System.Numerics.Tensors;

namespace HnmStreams.Evaluation.Metrics;

/// <summary>How well embeddings tell whether two are of one group: every pair once, scored by dot product.</summary>
public static class EmbeddingVerification
{
    /// <summary>Of <see cref="VerificationMetrics.TrueAcceptRate"/>, over all pairs. Pure; O(n^2 (width + log n)) time, O(n^2) memory.</summary>
    /// <param name="embeddings">n x width, row by row; finite. At most 30,000 rows.</param>
    /// <param name="groups">n labels.</param>
    /// <returns>0 to 1; NaN without a pair of one group, or of two.</returns>
    public static double TrueAcceptRate(ReadOnlySpan<float> embeddings, int width, ReadOnlySpan<int> groups, double falseAcceptRate)
    {
        EmbeddingRetrieval.Check(embeddings, groups, width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groups.Length, 30_000, nameof(groups));
        var pairs = groups.Length * (groups.Length - 1) / 2;
        var (scores, same, next) = (new float[pairs], new bool[pairs], 0);
        for (var i = 0; i < groups.Length; i++)
        {
            for (var j = i + 1; j < groups.Length; j++)
            {
                scores[next] = TensorPrimitives.Dot(embeddings.Slice(i * width, width), embeddings.Slice(j * width, width));
                same[next++] = groups[i] == groups[j];
            }
        }

        return VerificationMetrics.TrueAcceptRate(scores, same, falseAcceptRate);
    }
}
