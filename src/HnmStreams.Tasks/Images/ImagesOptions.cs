using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Images;

/// <summary>What the pictures look like and what is to be told of them.</summary>
public sealed class ImagesOptions : LabelOptions
{
    /// <summary>Pixels. Pictures of another size are refused, never resized.</summary>
    [Range(4, 4096)]
    public int Height { get; set; } = 28;

    [Range(4, 4096)]
    public int Width { get; set; } = 28;

    /// <summary>1 grey, 3 red, green and blue.</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; set; } = 1;

    /// <summary>Taken off each pixel, as a part of full brightness; of Fashion-MNIST unless told otherwise.</summary>
    [Range(0.0, 1.0)]
    public float Mean { get; set; } = 0.2860f;

    /// <summary>What is left is divided by it.</summary>
    [Range(1e-3, 1.0)]
    public float Deviation { get; set; } = 0.3530f;

    /// <summary><c>convolutional</c>, or <c>mlp</c>: two hidden layers of 64 on the pixels.</summary>
    [Required, AllowedValues("convolutional", "mlp")]
    public string Network { get; set; } = "convolutional";
}
