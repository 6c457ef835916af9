using System.Numerics.Tensors;

namespace HnmStreams.Evaluation.Metrics;

/// <summary>Retrieval metrics averaged over queries; NaN if no query has a relevant answer.</summary>
/// <param name="Queries">Number of queries with a relevant answer, over which the means are taken.</param>
/// <param name="PrecisionAt1">Share of queries whose nearest neighbor shares a group with them.</param>
/// <param name="RPrecision">Mean of <see cref="RetrievalMetrics.RPrecision"/>.</param>
/// <param name="MapAtR">Mean of <see cref="RetrievalMetrics.AveragePrecisionAtR"/> (MAP@R).</param>
public readonly record struct RetrievalReport(int Queries, double PrecisionAt1, double RPrecision, double MapAtR);

/// <summary>
/// Retrieval metrics of embeddings: each query ranks a gallery by dot product, and the embeddings that share a group with it are relevant
/// (Musgrave et al., arXiv 2003.08505, section 3.2). With unit-length embeddings the score is the cosine. Exact and pure; O(queries x gallery x width)
/// on the calling thread.
/// </summary>
public static class EmbeddingRetrieval
{
    /// <summary>Evaluates each embedding as a query with all others as its gallery. A group of one has no relevant answer and is not a query.</summary>
    /// <param name="embeddings">Embeddings, [n, width] in row-major order; finite.</param>
    /// <param name="width">Number of elements per embedding.</param>
    /// <param name="groups">Group of each embedding, [n].</param>
    /// <exception cref="ArgumentException">The number of elements does not match.</exception>
    public static RetrievalReport LeaveOneOut(ReadOnlySpan<float> embeddings, int width, ReadOnlySpan<int> groups) =>
        LeaveOneOut(embeddings, width, new GroupMemberships(groups));

    /// <summary>Evaluates each embedding as a query with all others as its gallery, if embeddings may have several groups.</summary>
    /// <param name="embeddings">Embeddings, [n, width] in row-major order; finite.</param>
    /// <param name="width">Number of elements per embedding.</param>
    /// <param name="groups">Groups of each embedding.</param>
    /// <exception cref="ArgumentException">The number of elements does not match.</exception>
    public static RetrievalReport LeaveOneOut(ReadOnlySpan<float> embeddings, int width, GroupMemberships groups) =>
        Evaluate(embeddings, groups, embeddings, groups, width, leaveOut: true);

    /// <summary>Evaluates each query in a separate gallery.</summary>
    /// <param name="queries">Embeddings of the queries, [n, width] in row-major order; finite.</param>
    /// <param name="queryGroups">Group of each query, [n].</param>
    /// <param name="gallery">Embeddings of the gallery, [m, width] in row-major order; finite.</param>
    /// <param name="galleryGroups">Group of each embedding of the gallery, [m].</param>
    /// <param name="width">Number of elements per embedding.</param>
    /// <exception cref="ArgumentException">The number of elements does not match.</exception>
    public static RetrievalReport InGallery(
        ReadOnlySpan<float> queries, ReadOnlySpan<int> queryGroups, ReadOnlySpan<float> gallery, ReadOnlySpan<int> galleryGroups, int width) =>
        InGallery(queries, new GroupMemberships(queryGroups), gallery, new GroupMemberships(galleryGroups), width);

    /// <summary>Evaluates each query in a separate gallery, if queries or the embeddings of the gallery may have several groups.</summary>
    /// <param name="queries">Embeddings of the queries, [n, width] in row-major order; finite.</param>
    /// <param name="queryGroups">Groups of each query.</param>
    /// <param name="gallery">Embeddings of the gallery, [m, width] in row-major order; finite.</param>
    /// <param name="galleryGroups">Groups of each embedding of the gallery.</param>
    /// <param name="width">Number of elements per embedding.</param>
    /// <exception cref="ArgumentException">The number of elements does not match.</exception>
    public static RetrievalReport InGallery(
        ReadOnlySpan<float> queries, GroupMemberships queryGroups, ReadOnlySpan<float> gallery, GroupMemberships galleryGroups, int width) =>
        Evaluate(queries, queryGroups, gallery, galleryGroups, width, leaveOut: false);

    private static RetrievalReport Evaluate(
        ReadOnlySpan<float> queries, GroupMemberships queryGroups, ReadOnlySpan<float> gallery, GroupMemberships galleryGroups, int width, bool leaveOut)
    {
        Check(queries, queryGroups, width);
        Check(gallery, galleryGroups, width);
        var count = 0;
        double first = 0, share = 0, average = 0;
        var scores = new float[galleryGroups.Count];
        var relevant = new bool[galleryGroups.Count];
        for (var query = 0; query < queryGroups.Count; query++)
        {
            var others = 0;
            for (var i = 0; i < galleryGroups.Count; i++)
            {
                if (leaveOut && i == query)
                    continue;
                scores[others] = TensorPrimitives.Dot(queries.Slice(query * width, width), gallery.Slice(i * width, width));
                relevant[others++] = queryGroups.Share(query, galleryGroups, i);
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

    internal static void Check(ReadOnlySpan<float> embeddings, GroupMemberships groups, int width)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (embeddings.Length != (long)groups.Count * width)
            throw new ArgumentException($"{groups.Count} embeddings of width {width} must have {(long)groups.Count * width} elements but have {embeddings.Length}.", nameof(embeddings));
    }
}
