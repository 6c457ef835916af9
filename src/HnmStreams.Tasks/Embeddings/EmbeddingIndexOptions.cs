using System.ComponentModel.DataAnnotations;
using HnmStreams.Mining.Galleries;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>Settings of the index: the examples that batches are made of, each with its newest embedding.</summary>
public sealed class EmbeddingIndexOptions
{
    /// <summary>
    /// The number of examples in the index, 4 to 100000: a sample that gives every group the same share. Each query
    /// is an exact product with all of them, so its cost grows with this number.
    /// </summary>
    [Range(4, 100_000)]
    public int Capacity { get; set; } = 4_096;

    /// <summary>
    /// The filter of false negatives: candidates too similar to the anchor compared with its own group are excluded
    /// by margins, a ratio and an absolute limit (arXiv 2407.15831).
    /// </summary>
    [Required]
    public PositiveAwareOptions Filter { get; set; } = new();

    /// <summary>Returns the gallery's limits. Groups have no separate limit, because the sample is already balanced.</summary>
    public GalleryOptions ToGallery() => new() { Capacity = Capacity, PerGroup = Capacity };
}
