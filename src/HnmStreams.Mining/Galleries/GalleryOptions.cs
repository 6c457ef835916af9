using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Galleries;

/// <summary>The size of the gallery of recent embeddings.</summary>
public sealed class GalleryOptions
{
    /// <summary>Maximum number of embeddings. Each search compares the query with all of them.</summary>
    [Range(2, 100_000)]
    public int Capacity { get; set; } = 4_096;

    /// <summary>Maximum number of embeddings per group. A new one replaces the oldest of its group.</summary>
    [Range(2, 100_000)]
    public int PerGroup { get; set; } = 16;
}
