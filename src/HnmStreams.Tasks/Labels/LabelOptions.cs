using System.ComponentModel.DataAnnotations;
using HnmStreams.Torch.Losses;

namespace HnmStreams.Tasks.Labels;

/// <summary>Settings of the classes and their loss, shared by all classification tasks.</summary>
public abstract class LabelOptions : IValidatableObject
{
    /// <summary>The positive class, by name or by index, which is learned against all others. Null learns to distinguish all classes.</summary>
    public string? Positive { get; set; }

    /// <summary>
    /// The names of the classes, in the order of their indices. Required if <see cref="Positive"/> is null. If it is
    /// set, unknown labels are rejected, or, without names, every other label belongs to the rest.
    /// </summary>
    [Required]
    public string[] Labels { get; set; } = [];

    /// <summary>
    /// True if any number of <see cref="Labels"/>, at most 31, can apply to an example (moderation, topics): each label has its own output, and the target is a set of names.
    /// The loss and the hardness of an example are the sums over its labels, those that do not apply included.
    /// </summary>
    public bool MultiLabel { get; set; }

    /// <summary>
    /// The label of examples that belong to none of <see cref="Labels"/> (open set), for several classes. They are never trained on or mined:
    /// scored and held-out examples measure how well the largest probability tells them from the classes (<c>openSetAveragePrecision</c>).
    /// Null rejects labels that are not in <see cref="Labels"/>. To learn it as a class, name it there instead.
    /// </summary>
    public string? Unknown { get; set; }

    /// <summary>
    /// The loss: <c>binary-cross-entropy</c> (one class against the rest, or each label of <see cref="MultiLabel"/>), <c>cross-entropy</c> (several classes) or
    /// <c>focal</c> (arXiv 1708.02002; all). Null selects the cross-entropy that fits the classes.
    /// </summary>
    [AllowedValues(null, "binary-cross-entropy", "focal", "cross-entropy")]
    public string? Loss { get; set; }

    /// <summary>The weight of the positive class in <c>focal</c> for one class against the rest, 0 to 1; the rest has the remaining weight.</summary>
    [Range(0.0, 1.0)]
    public double FocalAlpha { get; set; } = 0.25;

    /// <summary>The focusing exponent of <c>focal</c>, 0 to 10: larger values reduce the weight of easy examples.</summary>
    [Range(0.0, 10.0)]
    public double FocalGamma { get; set; } = 2;

    /// <summary>The weight of the positive class in <c>binary-cross-entropy</c>, or of labels that apply, above 0; the rest has the weight 1.</summary>
    [Range(1e-6, 1e6)]
    public double PositiveWeight { get; set; } = 1;

    /// <summary>
    /// The weights of the classes in the loss for several classes or labels, above 0, in the order
    /// of <see cref="Labels"/>. Empty gives all classes the weight 1.
    /// </summary>
    [Required]
    public float[] ClassWeights { get; set; } = [];

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MultiLabelProblem is { } several)
            yield return new ValidationResult(several, [nameof(MultiLabel)]);
        else if (!MultiLabel && TargetReader.Problem(Positive, Labels) is { } problem)
            yield return new ValidationResult(problem, [Positive is null ? nameof(Labels) : nameof(Positive)]);
        if (UnknownProblem is { } unknownProblem)
            yield return new ValidationResult(unknownProblem, [nameof(Unknown)]);
        if (LossProblem is { } lossProblem)
            yield return new ValidationResult(lossProblem, [nameof(Loss)]);
        if (WeightProblem is { } weightProblem)
            yield return new ValidationResult(weightProblem, [nameof(ClassWeights)]);
    }

    /// <summary>The reason why several labels per example do not fit the other settings, or null.</summary>
    internal string? MultiLabelProblem => !MultiLabel ? null
        : Positive is not null ? $"multiLabel must be false for one class against the rest (positive is '{Positive}'); set positive to null"
        : Unknown is not null ? $"multiLabel must be false if unknown is set (it is '{Unknown}'): an example without any label has an empty set"
        : Labels.Length is < 1 or > LabelSets.MaxLabels ? $"multiLabel requires 1 to {LabelSets.MaxLabels} names in labels but there are {Labels.Length}"
        : Labels.Distinct(StringComparer.Ordinal).Count() < Labels.Length ? "labels must differ from each other"
        : null;

    /// <summary>The reason why the unknown label does not fit the classes, or null.</summary>
    internal string? UnknownProblem => Unknown is null ? null
        : Positive is not null ? $"unknown must not be set for one class against the rest (positive is '{Positive}'), which has no unknown examples"
        : Unknown.Length == 0 ? "unknown must not be empty"
        : Labels.Contains(Unknown, StringComparer.Ordinal) ? $"unknown must not be one of labels, which are learned, but is '{Unknown}'"
        : null;

    /// <summary>The reason why the loss does not fit the classes, or null.</summary>
    internal string? LossProblem => MultiLabel
        ? Loss is null or "binary-cross-entropy" or "focal" ? null : "loss must be binary-cross-entropy or focal for several labels per example (multiLabel is true)"
        : Positive is null
        ? Loss is null or "cross-entropy" or "focal" ? null : "loss must be cross-entropy or focal for several classes (positive is not set)"
        : Loss is null or "binary-cross-entropy" or "focal" ? null : $"loss must be binary-cross-entropy or focal for one class against the rest (positive is '{Positive}')";

    /// <summary>The reason why the weights do not fit the classes, or null.</summary>
    internal string? WeightProblem => ClassWeights.Length == 0 ? null
        : Positive is not null ? $"classWeights must be empty for one class against the rest (positive is '{Positive}'); use positiveWeight"
        : ClassWeights.Length != Labels.Length ? $"classWeights must have one weight per label ({Labels.Length}) but has {ClassWeights.Length}"
        : ClassWeights.Any(weight => !float.IsFinite(weight) || weight <= 0) ? "classWeights must be above 0"
        : null;

    internal IExampleLoss CreateLoss() => MultiLabel ? new LabelSetLoss(Loss is "focal" ? new Focal(FocalAlpha, FocalGamma) : new BinaryCrossEntropy(PositiveWeight), ClassWeights)
        : Positive is null ? new CrossEntropy(ClassWeights, Loss is "focal" ? FocalGamma : 0)
        : Loss is "focal" ? new Focal(FocalAlpha, FocalGamma)
        : new BinaryCrossEntropy(PositiveWeight);
}
