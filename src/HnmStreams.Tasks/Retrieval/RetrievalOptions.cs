using System.ComponentModel.DataAnnotations;
using System.Numerics;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Tasks.Retrieval;

/// <summary>Settings of the retrieval of texts: features, embedding, batches and index.</summary>
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

    /// <summary>
    /// The number of rows of the table that features are hashed into: a power of two, 256 to 4194304. With more rows,
    /// fewer features share one; each row adds to the size of the model.
    /// </summary>
    [Range(1 << 8, 1 << 22)]
    public int Buckets { get; set; } = 1 << 17;

    /// <summary>The number of characters that are read of a text, 16 to 65536. The rest is ignored.</summary>
    [Range(16, 65_536)]
    public int MaxCharacters { get; set; } = 4_000;

    /// <summary>
    /// The number of characters of a text's beginning that are stored for display, 0 to 65536. They are also stored
    /// in checkpoints. 0 stores none.
    /// </summary>
    [Range(0, 65_536)]
    public int Excerpt { get; set; } = 160;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!BitOperations.IsPow2(Buckets))
            yield return new ValidationResult($"must be a power of two, such as {BitOperations.RoundUpToPowerOf2((uint)Buckets)}", [nameof(Buckets)]);
    }
}
