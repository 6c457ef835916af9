using System.ComponentModel.DataAnnotations;
using System.Numerics;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Tasks.Retrieval;

/// <summary>How texts become features, and how they are embedded.</summary>
public sealed class RetrievalOptions : EmbeddingOptions, IValidatableObject
{
    public RetrievalOptions()
    {
        Embedding = 128;
        Loss.Name = "info-nce";
        Loss.Temperature = 0.1;
        Batch.Groups = 40;
        Batch.ItemsPerGroup = 3;
        Batch.MinedPerGroup = 2;
        Index.Capacity = 20_000;
    }

    /// <summary>Rows of the table that features are hashed into: a power of two. More of them, fewer features share one.</summary>
    [Range(1 << 8, 1 << 22)]
    public int Buckets { get; set; } = 1 << 17;

    /// <summary>Characters that are read of a text; what comes behind them is left out.</summary>
    [Range(16, 65_536)]
    public int MaximumCharacters { get; set; } = 4_000;

    /// <summary>Characters that each row keeps of how its text begins, for people to look at; 0 keeps none. What is kept is in checkpoints too.</summary>
    [Range(0, 65_536)]
    public int Excerpt { get; set; } = 160;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!BitOperations.IsPow2(Buckets))
            yield return new ValidationResult($"Buckets is {Buckets}; a power of two is expected, {BitOperations.RoundUpToPowerOf2((uint)Buckets)} for example.", [nameof(Buckets)]);
    }
}
