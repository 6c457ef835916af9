using System.ComponentModel.DataAnnotations;
using HnmStreams.Torch.Losses.Embeddings;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>Settings shared by all tasks with embeddings. Every task supports every loss.</summary>
public abstract class EmbeddingOptions
{
    /// <summary>The width of an embedding, which has unit length; 2 to 4096.</summary>
    [Range(2, 4_096)]
    public int Embedding { get; set; } = 64;

    /// <summary>The loss of the embeddings.</summary>
    [Required]
    public EmbeddingLossOptions Loss { get; set; } = new();

    /// <summary>The memory of embeddings of earlier batches, as additional partners of the loss.</summary>
    [Required]
    public CrossBatchMemoryOptions Memory { get; set; } = new();

    /// <summary>The composition of a training batch.</summary>
    [Required]
    public GroupedBatchOptions Batch { get; set; } = new();

    /// <summary>The index that hardness and mined negatives come from.</summary>
    [Required]
    public EmbeddingIndexOptions Index { get; set; } = new();
}
