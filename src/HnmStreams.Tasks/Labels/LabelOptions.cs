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
    /// <c>binary-cross-entropy</c> (default for one against the rest), <c>focal</c> (arXiv 1708.02002), or
    /// <c>cross-entropy</c> (default, and the only one, for several classes).
    /// </summary>
    [AllowedValues(null, "binary-cross-entropy", "focal", "cross-entropy")]
    public string? Loss { get; set; }

    /// <summary>Of focal: the weight of the positive class.</summary>
    [Range(0.0, 1.0)]
    public double FocalAlpha { get; set; } = 0.25;

    /// <summary>Of focal: how fast the easy lose weight.</summary>
    [Range(0.0, 10.0)]
    public double FocalGamma { get; set; } = 2;

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TargetReader.Problem(Positive, Labels) is { } problem)
            yield return new ValidationResult(problem, [Positive is null ? nameof(Labels) : nameof(Positive)]);
        if (LossProblem is { } lossProblem)
            yield return new ValidationResult(lossProblem, [nameof(Loss)]);
    }

    /// <summary>Why the loss does not suit the classes, or null.</summary>
    internal string? LossProblem => Positive is null
        ? Loss is null or "cross-entropy" ? null : $"Loss is '{Loss}'; several classes (no Positive) allow cross-entropy."
        : Loss is null or "binary-cross-entropy" or "focal" ? null : $"Loss is '{Loss}'; one against the rest (Positive is '{Positive}') allows binary-cross-entropy or focal.";

    internal IExampleLoss CreateLoss() => Positive is null ? new CrossEntropy()
        : Loss is "focal" ? new Focal(FocalAlpha, FocalGamma)
        : new BinaryCrossEntropy();
}
