using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch.Networks.Images;

namespace HnmStreams.Tasks.Faces;

/// <summary>What the pictures look like, and how they are embedded.</summary>
public sealed class FacesOptions : EmbeddingOptions, IValidatableObject
{
    /// <summary>A soft margin: a triplet that keeps a hard one has no gradient, and soon nearly all do (arXiv 1703.07737, table 1).</summary>
    public FacesOptions() => Loss.SoftMargin = true;

    /// <summary>Pixels. Pictures of another size are refused.</summary>
    [Range(8, 4096)]
    public int Height { get; set; } = 112;

    [Range(8, 4096)]
    public int Width { get; set; } = 92;

    /// <summary>1 grey, 3 red, green and blue.</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; set; } = 1;

    /// <summary>So many pixels each way are averaged into one before the network sees them.</summary>
    [Range(1, 64)]
    public int Shrink { get; set; } = 1;

    /// <summary>Taken off each pixel, as a part of full brightness.</summary>
    [Range(0.0, 1.0)]
    public float Mean { get; set; } = 0.44f;

    /// <summary>What is left is divided by it.</summary>
    [Range(1e-3, 1.0)]
    public float Deviation { get; set; } = 0.19f;

    /// <summary>Trains on pictures mirrored by chance: a face seen in a mirror is the same person's.</summary>
    public bool Mirror { get; set; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Problem is { } problem)
            yield return new ValidationResult(problem, [nameof(Shrink)]);
    }

    /// <summary>What contradicts itself, or null.</summary>
    internal string? Problem => Math.Min(Height, Width) / Shrink >= EmbeddingConvNet.Stride
        ? null
        : $"Pictures of {Height} x {Width} pixels shrunk by {Shrink} are smaller than {EmbeddingConvNet.Stride} pixels, which the network needs.";
}
