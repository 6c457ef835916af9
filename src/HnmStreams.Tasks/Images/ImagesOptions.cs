using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Images;

/// <summary>Settings of the classification of small images of one size.</summary>
public sealed class ImagesOptions : LabelOptions
{
    /// <summary>The height of an image in pixels, 4 to 4096. Images of another size are rejected, not resized.</summary>
    [Range(4, 4096)]
    public int Height { get; set; } = 28;

    /// <summary>The width of an image in pixels, 4 to 4096.</summary>
    [Range(4, 4096)]
    public int Width { get; set; } = 28;

    /// <summary>The number of channels: 1 (gray) or 3 (red, green, blue).</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; set; } = 1;

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
}
