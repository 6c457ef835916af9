using System.Numerics.Tensors;

namespace HnmStreams.Evaluation.Metrics;

/// <summary>Means over queries of the retrieval metrics; NaN where no query has anything to find.</summary>
/// <param name="Queries">Those that have: the mean is over them.</param>
/// <param name="PrecisionAt1">Share of queries whose nearest is of their group.</param>
/// <param name="MapAtR">Mean of <see cref="RetrievalMetrics.AveragePrecisionAtR"/>.</param>
public readonly record struct RetrievalReport(int Queries, double PrecisionAt1, double RPrecision, double MapAtR);

/// <summary>
/// How well embeddings find their own kind: each query ranks a gallery by dot product, and what bears its group is
/// relevant (Musgrave et al., arXiv 2003.08505, section 3.2). Unit-length embeddings make it the cosine. Pure; O(queries
/// x gallery x width), on the calling thread; exact.
/// </summary>
public static class EmbeddingRetrieval
{
    /// <summary>Each embedding is a query once, and all others are its gallery. A group of one has nothing to find and is no query.</summary>
    /// <param name="embeddings">n x width, row by row; finite.</param>
    /// <param name="groups">n labels.</param>
    public static RetrievalReport LeaveOneOut(ReadOnlySpan<float> embeddings, int width, ReadOnlySpan<int> groups) =>
        Evaluate(embeddings, groups, embeddings, groups, width, leaveOut: true);

    /// <summary>Each query ranks all of a gallery that it is no part of.</summary>
    public static RetrievalReport InGallery(
        ReadOnlySpan<float> queries, ReadOnlySpan<int> queryGroups, ReadOnlySpan<float> gallery, ReadOnlySpan<int> galleryGroups, int width) =>
        Evaluate(queries, queryGroups, gallery, galleryGroups, width, leaveOut: false);

    private static RetrievalReport Evaluate(
        ReadOnlySpan<float> queries, ReadOnlySpan<int> queryGroups, ReadOnlySpan<float> gallery, ReadOnlySpan<int> galleryGroups, int width, bool leaveOut)
    {
        Check(queries, queryGroups, width);
        Check(gallery, galleryGroups, width);
        var count = 0;
        double first = 0, share = 0, average = 0;
        var scores = new float[galleryGroups.Length];
        var relevant = new bool[galleryGroups.Length];
        for (var query = 0; query < queryGroups.Length; query++)
        {
            var others = 0;
            for (var i = 0; i < galleryGroups.Length; i++)
            {
                if (leaveOut && i == query)
                    continue;
                scores[others] = TensorPrimitives.Dot(queries.Slice(query * width, width), gallery.Slice(i * width, width));
                relevant[others++] = galleryGroups[i] == queryGroups[query];
            }

            var ranks = RelevantRanks.Of(scores.AsSpan(0, others), relevant.AsSpan(0, others));
            if (ranks.Length == 0)
                continue;
            count++;
            first += RetrievalMetrics.PrecisionAt(ranks, 1);
            share += RetrievalMetrics.RPrecision(ranks, ranks.Length);
            average += RetrievalMetrics.AveragePrecisionAtR(ranks, ranks.Length);
        }

        return count == 0
            ? new RetrievalReport(0, double.NaN, double.NaN, double.NaN)
            : new RetrievalReport(count, first / count, share / count, average / count);
    }

    internal static void Check(ReadOnlySpan<float> embeddings, ReadOnlySpan<int> groups, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (embeddings.Length != (long)groups.Length * width)
            throw new ArgumentException($"{groups.Length} groups want {(long)groups.Length * width} numbers, {width} each; {embeddings.Length} are given.", nameof(embeddings));
    }
}
