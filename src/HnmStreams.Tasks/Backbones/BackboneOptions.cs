using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Encoders;

namespace HnmStreams.Tasks.Backbones;

/// <summary>
/// Settings of a trainable backbone: a published network whose weights training starts from, with a head. In contrast to an encoder (<c>task.encoder</c>) it runs in
/// each score and each step. For the tasks text, retrieval, images and faces.
/// </summary>
public sealed class BackboneOptions : IValidatableObject
{
    private const string Float32 = "float32";
    private const string BFloat16 = "bfloat16";

    /// <summary>
    /// The path of the weights, relative to the working folder: a safetensors file with the tensor names of Hugging Face's BERT (texts; also MiniLM, E5 and BGE models)
    /// or of TorchVision's ResNet (images). The architecture is recognized by the names. Null trains the task's own network.
    /// </summary>
    public string? File { get; set; }

    /// <summary>The number of attention heads of BERT, 1 to 256. Null is that of the <c>config.json</c> beside the file.</summary>
    [Range(1, 256)]
    public int? Heads { get; set; }

    /// <summary>The path of the tokenizer of texts: a <c>vocab.txt</c> of WordPiece, or a <c>tokenizer.json</c> of Hugging Face (WordPiece, BPE, Unigram or WordLevel).</summary>
    public string? Tokenizer { get; set; }

    /// <summary>True to lower-case texts and to remove accents, as uncased models require. A <c>tokenizer.json</c> decides itself.</summary>
    public bool Lowercase { get; set; } = true;

    /// <summary>The maximum number of tokens of a text, 3 to 8192; the rest is ignored. A shorter text costs less: texts are padded per batch.</summary>
    [Range(3, 8_192)]
    public int MaxTokens { get; set; } = 64;

    /// <summary>The features of a text: <c>mean</c> (over its tokens) or <c>cls</c> (those of the first token).</summary>
    [Required, AllowedValues("mean", "cls")]
    public string Pooling { get; set; } = "mean";

    /// <summary>The conversion of images into the input.</summary>
    [Required]
    public EncoderImageOptions Image { get; set; } = new();

    /// <summary>The widths of the head's hidden layers. Empty makes a linear head. Tasks with embeddings scale its output to unit length.</summary>
    [Required]
    public int[] Hidden { get; set; } = [];

    /// <summary>
    /// The number of layers from the input that are frozen, 0 to 1000: the embeddings of BERT or the first convolution of ResNet are the first, each layer of BERT or stage of ResNet
    /// another one. Steps compute no gradients of frozen layers, which saves most of their time. At least as many as there are layers train the head only.
    /// </summary>
    [Range(0, 1_000)]
    public int FrozenLayers { get; set; }

    /// <summary>The step at which frozen layers begin to be trained, so that a new head does not disturb them. 0 never trains them.</summary>
    [Range(0L, long.MaxValue)]
    public long UnfreezeAtStep { get; set; }

    /// <summary>The learning rate of the last layer of the backbone, as a factor on that of the head, 0.000001 to 1.</summary>
    [Range(1e-6, 1.0)]
    public double LearningRateFactor { get; set; } = 0.05;

    /// <summary>The learning rate of each further layer towards the input, as a factor on that of the layer above (arXiv 1801.06146), 0.01 to 1.</summary>
    [Range(0.01, 1.0)]
    public double LayerDecay { get; set; } = 1;

    /// <summary>
    /// The precision of matrix products and convolutions, in steps and in scores: <c>float32</c>, or <c>bfloat16</c>, which takes about half the time on a CPU with avx512_bf16 or amx and
    /// on a GPU of compute capability 8.0 or more. Weights, gradients, optimizer and loss stay in float32. A CPU without these instructions is refused. Exported models are float32.
    /// </summary>
    [Required, AllowedValues(Float32, BFloat16)]
    public string Precision { get; set; } = Float32;

    /// <summary>
    /// True if a training step keeps the inputs of the layers only, and computes the other activations again in its backward pass: less memory, for the time of one more
    /// forward pass (arXiv 1604.06174). The gradients are the same.
    /// </summary>
    public bool RecomputeActivations { get; set; }

    /// <summary>True if products are computed in bfloat16.</summary>
    internal bool UsesBFloat16 => string.Equals(Precision, BFloat16, StringComparison.Ordinal);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Hidden.Any(static width => width is < 1 or > 65_536))
            yield return new ValidationResult("must have widths of 1 to 65536", [nameof(Hidden)]);
        if (UnfreezeAtStep > 0 && FrozenLayers == 0)
            yield return new ValidationResult("must be 0 if no layer is frozen (frozenLayers is 0)", [nameof(UnfreezeAtStep)]);
    }
}
