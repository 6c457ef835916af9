using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch.Networks.Images;

namespace HnmStreams.Tasks.Faces;

/// <summary>Settings of the embedding of images of people.</summary>
public sealed class FacesOptions : EmbeddingOptions, IValidatableObject
{
    /// <summary>
    /// Creates options with a soft margin: with a hard margin, satisfied triplets have no gradient, and soon nearly
    /// all are satisfied (arXiv 1703.07737, table 1).
    /// </summary>
    public FacesOptions() => Loss.SoftMargin = true;

    /// <summary>The height of an image in pixels, 8 to 4096. Images of another size are rejected, not resized.</summary>
    [Range(8, 4096)]
    public int Height { get; set; } = 112;

    /// <summary>The width of an image in pixels, 8 to 4096.</summary>
    [Range(8, 4096)]
    public int Width { get; set; } = 92;

    /// <summary>The number of channels: 1 (gray) or 3 (red, green, blue).</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; set; } = 1;

    /// <summary>The number of pixels per side that are averaged into one before the network, 1 to 64. 1 leaves the image as it is.</summary>
    [Range(1, 64)]
    public int Shrink { get; set; } = 1;

    /// <summary>
    /// The mean that is subtracted from each pixel, as a fraction of full brightness, 0 to 1. The default is that of
    /// the ORL faces.
    /// </summary>
    [Range(0.0, 1.0)]
    public float Mean { get; set; } = 0.44f;

    /// <summary>
    /// The standard deviation that each pixel is divided by, as a fraction of full brightness, 0.001 to 1. The
    /// default is that of the ORL faces.
    /// </summary>
    [Range(1e-3, 1.0)]
    public float Deviation { get; set; } = 0.19f;

    /// <summary>True trains on images that are randomly mirrored horizontally: the mirror image of a face is the same person's.</summary>
    public bool Mirror { get; set; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Problem is { } problem)
            yield return new ValidationResult(problem, [nameof(Shrink)]);
    }

    /// <summary>The contradiction among the settings, or null.</summary>
    internal string? Problem => Math.Min(Height, Width) / Shrink >= EmbeddingConvNet.Stride
        ? null
        : $"height and width divided by shrink must be at least {EmbeddingConvNet.Stride} pixels but are {Height / Shrink} x {Width / Shrink}";
}
