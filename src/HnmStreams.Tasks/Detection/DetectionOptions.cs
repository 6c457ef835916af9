using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Tasks.Detection;

/// <summary>What is to be found, on which anchors, and which of the background is learnt from.</summary>
public sealed class DetectionOptions : IValidatableObject
{
    /// <summary>Names of the classes; the background is none of them.</summary>
    [Required]
    public string[] Labels { get; set; } = [];

    /// <summary>Pixels that the network sees; pictures of another size are scaled to it, and their boxes with them.</summary>
    [Range(16, 2048)]
    public int Height { get; set; } = 240;

    [Range(16, 2048)]
    public int Width { get; set; } = 320;

    /// <summary>Pictures with more pixels are refused before they are decoded.</summary>
    [Range(256, 268_435_456)]
    public int MaximumPixels { get; set; } = 16_777_216;

    /// <summary>
    /// Shapes that are looked for at each place of a map, one for objects of each usual size, as <c>stride:WIDTHxHEIGHT</c>
    /// in pixels that the network sees; the maps have a stride of 8 and of 16 pixels.
    /// </summary>
    [Required, MinLength(1)]
    public string[] Anchors { get; set; } = ["8:20x20", "16:50x50", "16:70x70", "16:110x100"];

    /// <summary>An anchor is of the object that it overlaps by so much (intersection over union); so is the best one of each object.</summary>
    [Range(0.1, 0.95)]
    public float MatchOverlap { get; set; } = 0.5f;

    /// <summary><c>binary-cross-entropy</c> (default), or <c>focal</c> over all anchors (arXiv 1708.02002).</summary>
    [AllowedValues(null, "binary-cross-entropy", "focal")]
    public string? Loss { get; set; }

    [Range(0.0, 1.0)]
    public double FocalAlpha { get; set; } = 0.25;

    [Range(0.0, 10.0)]
    public double FocalGamma { get; set; } = 2;

    /// <summary>
    /// Which background anchors of a picture are learnt from: the <c>hardest</c>, so many for each object's (SSD, arXiv
    /// 1512.02325), the <c>top</c> few after suppression (OHEM, arXiv 1604.03540), <c>random</c> ones in the number of
    /// the hardest, or <c>all</c>.
    /// </summary>
    [Required, AllowedValues("hardest", "top", "random", "all")]
    public string Background { get; set; } = "hardest";

    /// <summary>Of hardest and random.</summary>
    [Range(0.1, 1000.0)]
    public double NegativesPerPositive { get; set; } = 3;

    /// <summary>Of hardest and random: for a picture with few objects or none.</summary>
    [Range(0, 100_000)]
    public int MinimumNegatives { get; set; } = 16;

    /// <summary>Of top: anchors of a picture, those of objects among them.</summary>
    [Range(1, 100_000)]
    public int Top { get; set; } = 128;

    /// <summary>Of top: of anchors that overlap by more, only the hardest is taken; 1 takes all.</summary>
    [Range(0.0, 1.0)]
    public float TopOverlap { get; set; } = 0.7f;

    /// <summary>What is found is reported from this score on.</summary>
    [Range(0.0, 1.0)]
    public float MinimumScore { get; set; } = 0.02f;

    /// <summary>Of two finds of one class that overlap by more, the surer stays.</summary>
    [Range(0.0, 1.0)]
    public float SuppressionOverlap { get; set; } = 0.45f;

    /// <summary>Finds in a picture, the surest.</summary>
    [Range(1, 10_000)]
    public int MaximumFinds { get; set; } = 100;

    /// <summary>Trains on pictures mirrored both ways by chance. Not where left and right mean something.</summary>
    public bool Mirror { get; set; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Problem is { } problem)
            yield return new ValidationResult(problem);
    }

    /// <summary>What contradicts itself, or null.</summary>
    internal string? Problem =>
        Labels.Length == 0 ? "Labels must name one class or more."
        : Labels.Distinct(StringComparer.Ordinal).Count() < Labels.Length ? "Labels must differ from each other."
        : Anchors.Length == 0 ? "Anchors must name one shape or more."
        : Anchors.FirstOrDefault(a => !AnchorShape.TryParse(a, out _)) is { } wrong ? $"An anchor is '{wrong}'; expected is stride:WIDTHxHEIGHT with a stride of 8 or 16 and sides up to 4096, such as 16:50x40."
        : null;

    internal IReadOnlyList<AnchorShape> Shapes => [.. Anchors.Select(a => AnchorShape.TryParse(a, out var shape) ? shape : default)];
}
