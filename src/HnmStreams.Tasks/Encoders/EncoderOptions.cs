using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Tasks.Encoders;

/// <summary>
/// Settings of a frozen encoder: a pretrained network that turns each example into features once. The task's network is then a head on the
/// features, and only features are stored, scored, mined and trained on. For the tasks text, retrieval, images and faces.
/// </summary>
public sealed class EncoderOptions : IValidatableObject
{
    /// <summary>
    /// The path of the encoder, relative to the working folder: an ONNX file with all tensors inside, or a TorchScript file, which is a
    /// program that runs with the service's permissions. Null trains the task's own network on the examples.
    /// </summary>
    public string? File { get; set; }

    /// <summary>The path of the tokenizer of an encoder of texts: a <c>vocab.txt</c> of WordPiece, or a <c>tokenizer.json</c> of Hugging Face (WordPiece, BPE, Unigram or WordLevel).</summary>
    public string? Tokenizer { get; set; }

    /// <summary>True to lower-case texts and to remove accents, as uncased encoders require. A <c>tokenizer.json</c> decides itself.</summary>
    public bool Lowercase { get; set; } = true;

    /// <summary>The maximum number of tokens of a text, 3 to 8192; the rest is ignored. A shorter text costs less: texts are padded per batch.</summary>
    [Range(3, 8_192)]
    public int MaxTokens { get; set; } = 128;

    /// <summary>The features of a text whose encoder returns one vector per token: <c>mean</c> (over the tokens) or <c>cls</c> (that of the first token).</summary>
    [Required, AllowedValues("mean", "cls")]
    public string Pooling { get; set; } = "mean";

    /// <summary>The output of an ONNX file that has the features. Null is the first one.</summary>
    public string? Output { get; set; }

    /// <summary>The conversion of images into the encoder's input.</summary>
    [Required]
    public EncoderImageOptions Image { get; set; } = new();

    /// <summary>The form in which features are stored: <c>float32</c>, <c>float16</c>, or <c>int8</c> with one scale per example.</summary>
    [Required, AllowedValues("float32", "float16", "int8")]
    public string Storage { get; set; } = "float16";

    /// <summary>The widths of the head's hidden layers. Empty makes a linear head. Tasks with embeddings scale its output to unit length.</summary>
    [Required]
    public int[] Hidden { get; set; } = [];

    /// <summary>The memory for features of examples that were encoded before, in MiB, 0 to 1,000,000. 0 encodes every example again. Exact mode does not use it.</summary>
    [Range(0, 1_000_000)]
    public int CacheMegabytes { get; set; } = 256;

    /// <summary>
    /// The folder of a file that keeps the cached features for later runs, relative to the working folder. It grows up to
    /// <c>cacheMegabytes</c> per encoder. Null keeps them in memory only.
    /// </summary>
    public string? CacheFolder { get; set; }

    /// <summary>The device of an ONNX file: <c>auto</c> (a GPU if the build supports one), <c>cpu</c> or <c>cuda</c>. TorchScript encoders run on the CPU.</summary>
    [Required, AllowedValues("auto", "cpu", "cuda")]
    public string Device { get; set; } = "auto";

    /// <summary>The number of threads per batch on the CPU, 1 to 256. The service encodes as many batches at once as it has compute lanes.</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Hidden.Any(static width => width is < 1 or > 65_536))
            yield return new ValidationResult("must have widths of 1 to 65536", [nameof(Hidden)]);
    }
}

/// <summary>
/// Settings of the input of an encoder or a backbone of images. Its height, width and channels are those of the task. The task's own settings of mean,
/// deviation, resizing and augmentation have no effect.
/// </summary>
public sealed class EncoderImageOptions : IValidatableObject
{
    /// <summary>
    /// The resizing of an image of another size: <c>fit</c> (to the size, whatever the aspect ratio), <c>crop</c> (the largest part in the
    /// center with the aspect ratio) or <c>letterbox</c> (the whole image with bars).
    /// </summary>
    [Required, AllowedValues("fit", "crop", "letterbox")]
    public string Resize { get; set; } = "crop";

    /// <summary>The means that are subtracted, as fractions of full brightness, 0 to 1: one, or one per channel of the encoder. The default is ImageNet's.</summary>
    [Required]
    public float[] Means { get; set; } = [0.485f, 0.456f, 0.406f];

    /// <summary>The standard deviations to divide by, as fractions of full brightness, 0.001 to 1: one, or one per channel of the encoder. The default is ImageNet's.</summary>
    [Required]
    public float[] Deviations { get; set; } = [0.229f, 0.224f, 0.225f];

    /// <summary>The order of the encoder's channels: <c>rgb</c> or <c>bgr</c>.</summary>
    [Required, AllowedValues("rgb", "bgr")]
    public string Channels { get; set; } = "rgb";

    /// <summary>The longer side of the preview that is stored for display, in pixels, 0 to 512. It is also stored in checkpoints. 0 stores none.</summary>
    [Range(0, 512)]
    public int Thumbnail { get; set; } = 64;

    /// <summary>The maximum number of pixels of an image. Larger images are rejected before a pixel is decoded.</summary>
    [Range(64, 268_435_456)]
    public int MaxPixels { get; set; } = 16_777_216;

    /// <summary>The maximum number of pixels that are decoded for an image. JPEG files are decoded at a reduced size; PNG files in full.</summary>
    [Range(64, 268_435_456)]
    public int MaxDecodedPixels { get; set; } = 16_777_216;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Means.Length is not (1 or 3) || Means.Any(static mean => mean is not (>= 0 and <= 1)))
            yield return new ValidationResult("must have 1 or 3 numbers from 0 to 1", [nameof(Means)]);
        if (Deviations.Length is not (1 or 3) || Deviations.Any(static deviation => deviation is not (>= 1e-3f and <= 1)))
            yield return new ValidationResult("must have 1 or 3 numbers from 0.001 to 1", [nameof(Deviations)]);
    }
}
