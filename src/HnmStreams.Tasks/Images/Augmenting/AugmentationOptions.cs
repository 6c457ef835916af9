using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Tasks.Images.Augmenting;

/// <summary>
/// Settings of the changes of images in training steps. They are a function of the number of the step, so that a resumed run repeats them exactly. Scores, evaluations and
/// predictions see images as they are. For the network <c>convolutional</c> and for <c>task.backbone</c>; an encoder computes features once, so that it takes no changed images.
/// </summary>
public sealed class AugmentationOptions
{
    /// <summary>The mirroring of half of the images: <c>none</c>, <c>horizontal</c>, or <c>both</c> (also top and bottom).</summary>
    [Required, AllowedValues("none", "horizontal", "both")]
    public string Flip { get; set; } = "none";

    /// <summary>The smallest share of the sides of a random part that is enlarged to the whole image, 0.1 to 1. 1 crops nothing.</summary>
    [Range(0.1, 1.0)]
    public double CropShare { get; set; } = 1;

    /// <summary>
    /// The strength of random changes of brightness, contrast and, of color images, saturation, 0 to 0.9. Contrast and saturation are factors from 1 - color to 1 + color,
    /// brightness is a shift by up to color standard deviations of the normalized image. 0 changes nothing.
    /// </summary>
    [Range(0.0, 0.9)]
    public double Color { get; set; }

    /// <summary>
    /// The parameter alpha of mixup (arXiv 1710.09412), 0 to 1: each image is mixed with another one of its batch, and so is the loss of both labels. The share of
    /// the other image is drawn from Beta(alpha, alpha) and is at most 0.5. 0 mixes nothing. Not for <c>multiLabel</c>.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Mixup { get; set; }

    /// <summary>True if images are changed.</summary>
    internal bool IsUsed => Flip is not "none" || CropShare < 1 || Color > 0 || Mixup > 0;
}
