using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Images.Sizing;

namespace HnmStreams.Tasks.Detection;

/// <summary>Settings of object detection: classes, anchors and the selection of background anchors.</summary>
public sealed class DetectionOptions : IValidatableObject
{
    /// <summary>The names of the classes. The background is not among them.</summary>
    [Required]
    public string[] Labels { get; set; } = [];

    /// <summary>
    /// The treatment of objects whose class <see cref="Labels"/> does not name: <c>reject</c> rejects the whole image, because an
    /// unknown name may be a spelling error; <c>ignore</c> leaves the object out, so that its place is background, as is usual for training
    /// on some of the classes of COCO or PASCAL VOC. Ignored objects are counted per class in a warning.
    /// </summary>
    [Required, AllowedValues("reject", "ignore")]
    public string UnknownClasses { get; set; } = "reject";

    /// <summary>
    /// The height of the network's input in pixels, 16 to 2048. Images of another size are scaled to it, and their
    /// boxes with them.
    /// </summary>
    [Range(16, 2048)]
    public int Height { get; set; } = 240;

    /// <summary>The width of the network's input in pixels, 16 to 2048.</summary>
    [Range(16, 2048)]
    public int Width { get; set; } = 320;

    /// <summary>The largest number of pixels of an image. Larger ones are rejected before they are decoded.</summary>
    [Range(256, 268_435_456)]
    public int MaxPixels { get; set; } = 16_777_216;

    /// <summary>
    /// The largest number of pixels that are decoded for one image. A JPEG is decoded at a reduced size, at least twice the network's
    /// input on each side, so that this limits images that must be decoded in full: PNG files and tensors. If it is not set, it is 64
    /// times the pixels of the network's input.
    /// </summary>
    [Range(256, 268_435_456)]
    public int? MaxDecodedPixels { get; set; }

    /// <summary>
    /// The anchor shapes at each position of a feature map, one per usual object size, as <c>stride:WIDTHxHEIGHT</c>
    /// in pixels of the network's input. The maps have strides of 8 and 16 pixels.
    /// </summary>
    [Required, MinLength(1)]
    public string[] Anchors { get; set; } = ["8:20x20", "16:50x50", "16:70x70", "16:110x100"];

    /// <summary>
    /// The overlap (intersection over union) from which on an anchor is assigned to an object, 0.1 to 0.95. The best
    /// anchor of each object is always assigned to it.
    /// </summary>
    [Range(0.1, 0.95)]
    public float MatchOverlap { get; set; } = 0.5f;

    /// <summary>
    /// The classification loss: <c>binary-cross-entropy</c>, or <c>focal</c> over all anchors (arXiv 1708.02002).
    /// Null means <c>binary-cross-entropy</c>.
    /// </summary>
    [AllowedValues(null, "binary-cross-entropy", "focal")]
    public string? Loss { get; set; }

    /// <summary>The weight of the object's class in <c>focal</c>, 0 to 1; other classes have the rest.</summary>
    [Range(0.0, 1.0)]
    public double FocalAlpha { get; set; } = 0.25;

    /// <summary>The focusing exponent of <c>focal</c>, 0 to 10: larger values reduce the weight of easy anchors.</summary>
    [Range(0.0, 10.0)]
    public double FocalGamma { get; set; } = 2;

    /// <summary>
    /// The background anchors of an image that are trained on: the <c>hardest</c>, in a ratio to those of objects
    /// (SSD, arXiv 1512.02325); the <c>top</c> ones after suppression (OHEM, arXiv 1604.03540); <c>random</c> ones,
    /// as many as <c>hardest</c> takes; or <c>all</c>.
    /// </summary>
    [Required, AllowedValues("hardest", "top", "random", "all")]
    public string Background { get; set; } = "hardest";

    /// <summary>The number of background anchors per object anchor for <c>hardest</c> and <c>random</c>, 0.1 to 1000.</summary>
    [Range(0.1, 1000.0)]
    public double NegativesPerPositive { get; set; } = 3;

    /// <summary>
    /// The smallest number of background anchors per image for <c>hardest</c> and <c>random</c>; it applies to
    /// images with few objects or none.
    /// </summary>
    [Range(0, 100_000)]
    public int MinNegatives { get; set; } = 16;

    /// <summary>The number of anchors per image for <c>top</c>, those of objects included.</summary>
    [Range(1, 100_000)]
    public int Top { get; set; } = 128;

    /// <summary>The overlap above which <c>top</c> takes only the hardest of several anchors, 0 to 1. 1 takes all.</summary>
    [Range(0.0, 1.0)]
    public float TopOverlap { get; set; } = 0.7f;

    /// <summary>The lowest score of a reported detection, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public float MinScore { get; set; } = 0.02f;

    /// <summary>The overlap above which only the detection with the higher score of two of one class is kept, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public float SuppressionOverlap { get; set; } = 0.45f;

    /// <summary>The largest number of detections per image; those with the highest scores are kept.</summary>
    [Range(1, 10_000)]
    public int MaxDetections { get; set; } = 100;

    /// <summary>
    /// True trains on images that are randomly mirrored horizontally and vertically. Set it to false if left and
    /// right or up and down have a meaning.
    /// </summary>
    public bool Mirror { get; set; } = true;

    /// <summary>
    /// The smallest share of the sides of a random part that is enlarged to the whole image in training, 0.1 to 1. An object whose center is cut off is treated as difficult.
    /// 1 crops nothing.
    /// </summary>
    [Range(0.1, 1.0)]
    public double CropShare { get; set; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Problem is { } problem)
            yield return new ValidationResult(problem);
    }

    /// <summary>The contradiction among the settings, or null.</summary>
    internal string? Problem =>
        Labels.Length == 0 ? "labels must name at least one class"
        : Labels.Distinct(StringComparer.Ordinal).Count() < Labels.Length ? "labels must differ from each other"
        : Anchors.Length == 0 ? "anchors must name at least one shape"
        : Anchors.FirstOrDefault(a => !AnchorShape.TryParse(a, out _)) is { } wrong ? $"anchors must be written stride:WIDTHxHEIGHT with a stride of 8 or 16 and sides up to 4096, for example 16:50x40, but one is '{wrong}'"
        : null;

    /// <summary>The limits of an image and the size that it is scaled to.</summary>
    internal ImageLimits Limits => new(Width, Height, MaxPixels, MaxDecodedPixels ?? (int)Math.Min(int.MaxValue, 64L * Width * Height));

    internal bool IgnoresUnknownClasses => string.Equals(UnknownClasses, "ignore", StringComparison.Ordinal);

    internal IReadOnlyList<AnchorShape> Shapes => [.. Anchors.Select(a => AnchorShape.TryParse(a, out var shape) ? shape : default)];
}
