using System.ComponentModel.DataAnnotations;
using System.Numerics;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Text;

/// <summary>How texts become features and what is to be told of them.</summary>
public sealed class TextOptions : LabelOptions
{
    public TextOptions() => Positive = "1";

    /// <summary>Rows of the tables that features are hashed into: a power of two. More of them, fewer features share one.</summary>
    [Range(1 << 8, 1 << 22)]
    public int Buckets { get; set; } = 1 << 17;

    /// <summary>Width of the embedding and of the hidden layer.</summary>
    [Range(1, 1024)]
    public int Embedding { get; set; } = 64;

    /// <summary>Characters that are read of a text; what comes behind them is left out.</summary>
    [Range(16, 65_536)]
    public int MaximumCharacters { get; set; } = 4_000;

    /// <summary>Characters that each row keeps of how its text begins, for people to look at; 0 keeps none. What is kept is in checkpoints too.</summary>
    [Range(0, 65_536)]
    public int Excerpt { get; set; } = 160;

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var result in base.Validate(validationContext))
            yield return result;
        if (!BitOperations.IsPow2(Buckets))
            yield return new ValidationResult($"Buckets is {Buckets}; a power of two is expected, {BitOperations.RoundUpToPowerOf2((uint)Buckets)} for example.", [nameof(Buckets)]);
    }
}
