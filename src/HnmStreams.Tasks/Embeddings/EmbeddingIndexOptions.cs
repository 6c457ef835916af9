using System.ComponentModel.DataAnnotations;
using HnmStreams.Mining.Galleries;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>The examples that a batch may be made of, each with its newest embedding.</summary>
public sealed class EmbeddingIndexOptions
{
    /// <summary>Examples in all: a sample that gives every group the same share. Each look-up is an exact product with all of them.</summary>
    [Range(4, 100_000)]
    public int Capacity { get; set; } = 4_096;

    /// <summary>What is too like the anchor's own group to be taken for a negative of it: margins, a share, an absolute bound (arXiv 2407.15831).</summary>
    [Required]
    public PositiveAwareOptions Filter { get; set; } = new();

    /// <summary>As bounds of a gallery: no group is bounded apart, since the sample is even already.</summary>
    public GalleryOptions ToGallery() => new() { Capacity = Capacity, PerGroup = Capacity };
}
