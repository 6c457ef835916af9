using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Images.Augmenting;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Images;

/// <summary>Settings of the classification of images.</summary>
public sealed class ImagesOptions : LabelOptions
{
    /// <summary>The height of the network's input in pixels, 4 to 4096. <c>resize</c> decides about images of another size.</summary>
    [Range(4, 4096)]
    public int Height { get; set; } = 28;

    /// <summary>The width of the network's input in pixels, 4 to 4096.</summary>
    [Range(4, 4096)]
    public int Width { get; set; } = 28;

    /// <summary>The number of channels: 1 (gray) or 3 (red, green, blue).</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; set; } = 1;

    /// <summary>
    /// The treatment of images of another size: <c>none</c> rejects them, <c>fit</c> scales them whatever the aspect ratio, <c>crop</c> scales the
    /// largest part in the center with the aspect ratio, and <c>letterbox</c> scales the whole image and fills the rest with the mean.
    /// </summary>
    [Required, AllowedValues("none", "fit", "crop", "letterbox")]
    public string Resize { get; set; } = "none";

    /// <summary>The maximum number of pixels of an image that is resized. Larger images are rejected before a pixel is decoded.</summary>
    [Range(64, 268_435_456)]
    public int MaxPixels { get; set; } = 16_777_216;

    /// <summary>The maximum number of pixels that are decoded for an image that is resized. JPEG files are decoded at a reduced size; PNG files in full.</summary>
    [Range(64, 268_435_456)]
    public int MaxDecodedPixels { get; set; } = 16_777_216;

    /// <summary>The mean that is subtracted from each pixel, as a fraction of full brightness, 0 to 1. The default is Fashion-MNIST's.</summary>
    [Range(0.0, 1.0)]
    public float Mean { get; set; } = 0.2860f;

    /// <summary>
    /// The standard deviation that each pixel is divided by, as a fraction of full brightness, 0.001 to 1. The
    /// default is Fashion-MNIST's.
    /// </summary>
    [Range(1e-3, 1.0)]
    public float Deviation { get; set; } = 0.3530f;

    /// <summary>The network: <c>convolutional</c>, or <c>mlp</c>, a perceptron with two hidden layers of 64 on the pixels.</summary>
    [Required, AllowedValues("convolutional", "mlp")]
    public string Network { get; set; } = "convolutional";

    /// <summary>The changes of images in training steps.</summary>
    [Required]
    public AugmentationOptions Augment { get; set; } = new();

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var result in base.Validate(validationContext))
            yield return result;
        if (AugmentationProblem is { } problem)
            yield return new ValidationResult(problem, [nameof(Augment)]);
    }

    /// <summary>The reason why the augmentation does not fit the other settings, or null.</summary>
    internal string? AugmentationProblem =>
        Augment.Mixup > 0 && MultiLabel ? "augment.mixup must be 0 for several labels per example (multiLabel is true)"
        : Augment.IsUsed && Network is "mlp" ? "augment must change nothing for the network mlp, which takes no images"
        : null;
}
