using System.ComponentModel.DataAnnotations;
using HnmStreams.Torch.Losses;

namespace HnmStreams.Tasks.Labels;

/// <summary>What an example's class is, and the loss on it.</summary>
public abstract class LabelOptions : IValidatableObject
{
    /// <summary>The class that stands against the rest, by name or by index; null to tell all classes apart.</summary>
    public string? Positive { get; set; }

    /// <summary>
    /// Names of the classes in the order of their indices. Needed without <see cref="Positive"/>; with it, a label that is
    /// not among them is refused, and with none every other label belongs to the rest.
    /// </summary>
    [Required]
    public string[] Labels { get; set; } = [];

    /// <summary>
    /// <c>binary-cross-entropy</c> (default for one against the rest), <c>cross-entropy</c> (default for several classes),
    /// or <c>focal</c> (arXiv 1708.02002) for both.
    /// </summary>
    [AllowedValues(null, "binary-cross-entropy", "focal", "cross-entropy")]
    public string? Loss { get; set; }

    /// <summary>Of focal, for one against the rest: the weight of the positive class.</summary>
    [Range(0.0, 1.0)]
    public double FocalAlpha { get; set; } = 0.25;

    /// <summary>Of focal: how fast the easy lose weight.</summary>
    [Range(0.0, 10.0)]
    public double FocalGamma { get; set; } = 2;

    /// <summary>Of binary-cross-entropy: weight of the positive class in the loss; the rest weighs 1.</summary>
    [Range(1e-6, 1e6)]
    public double PositiveWeight { get; set; } = 1;

    /// <summary>Of cross-entropy and focal: weights of the classes in the loss, in the order of <see cref="Labels"/>; none: all weigh 1.</summary>
    [Required]
    public float[] ClassWeights { get; set; } = [];

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TargetReader.Problem(Positive, Labels) is { } problem)
            yield return new ValidationResult(problem, [Positive is null ? nameof(Labels) : nameof(Positive)]);
        if (LossProblem is { } lossProblem)
            yield return new ValidationResult(lossProblem, [nameof(Loss)]);
        if (WeightProblem is { } weightProblem)
            yield return new ValidationResult(weightProblem, [nameof(ClassWeights)]);
    }

    /// <summary>Why the loss does not suit the classes, or null.</summary>
    internal string? LossProblem => Positive is null
        ? Loss is null or "cross-entropy" or "focal" ? null : $"Loss is '{Loss}'; several classes (no Positive) allow cross-entropy or focal."
        : Loss is null or "binary-cross-entropy" or "focal" ? null : $"Loss is '{Loss}'; one against the rest (Positive is '{Positive}') allows binary-cross-entropy or focal.";

    /// <summary>Why the weights do not suit the classes, or null.</summary>
    internal string? WeightProblem => ClassWeights.Length == 0 ? null
        : Positive is not null ? $"ClassWeights are for several classes; one against the rest (Positive is '{Positive}') has PositiveWeight."
        : ClassWeights.Length != Labels.Length ? $"There are {ClassWeights.Length} ClassWeights for {Labels.Length} Labels; one for each is expected."
        : ClassWeights.Any(weight => !float.IsFinite(weight) || weight <= 0) ? $"ClassWeights are above 0; they are {string.Join(", ", ClassWeights)}."
        : null;

    internal IExampleLoss CreateLoss() => Positive is null ? new CrossEntropy(ClassWeights, Loss is "focal" ? FocalGamma : 0)
        : Loss is "focal" ? new Focal(FocalAlpha, FocalGamma)
        : new BinaryCrossEntropy(PositiveWeight);
}
