using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Galleries;

/// <summary>How much of the newest embeddings is kept to look the next ones up in.</summary>
public sealed class GalleryOptions
{
    /// <summary>Embeddings in all. Each look-up is an exact product with all of them.</summary>
    [Range(2, 100_000)]
    public int Capacity { get; set; } = 4_096;

    /// <summary>Embeddings of one group; the next takes the place of its oldest.</summary>
    [Range(2, 100_000)]
    public int PerGroup { get; set; } = 16;
}
