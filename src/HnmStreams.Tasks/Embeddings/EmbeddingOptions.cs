using System.ComponentModel.DataAnnotations;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Losses.Embeddings;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>What all tasks with embeddings are told. Any of them takes any of the losses.</summary>
public abstract class EmbeddingOptions
{
    /// <summary>Numbers of an embedding, which has unit length.</summary>
    [Range(2, 4_096)]
    public int Embedding { get; set; } = 64;

    [Required]
    public EmbeddingLossOptions Loss { get; set; } = new();

    /// <summary>Embeddings of earlier batches as further partners of the loss.</summary>
    [Required]
    public CrossBatchMemoryOptions Memory { get; set; } = new();

    [Required]
    public GroupedBatchOptions Batch { get; set; } = new();

    [Required]
    public EmbeddingIndexOptions Index { get; set; } = new();
}
