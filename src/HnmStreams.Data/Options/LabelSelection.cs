using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Options;

/// <summary>The labels that are used, by name or class index, and the classes that they are mapped to.</summary>
public sealed class LabelSelection : IValidatableObject
{
    /// <summary>The name of the class that the labels of <see cref="Positive"/> are mapped to.</summary>
    public const string PositiveName = "positive";

    /// <summary>The name of the class that all other labels are mapped to if <see cref="Positive"/> is set.</summary>
    public const string NegativeName = "negative";

    /// <summary>The labels that are mapped to the class <c>positive</c>; all others become <c>negative</c>. If empty, labels are kept as they are.</summary>
    [Required]
    public string[] Positive { get; set; } = [];

    /// <summary>
    /// The labels that are mapped to <c>negative</c>; examples with any other label are dropped. If empty, every label that is
    /// not positive is mapped.
    /// </summary>
    [Required]
    public string[] Negative { get; set; } = [];

    /// <summary>The labels whose examples are dropped.</summary>
    [Required]
    public string[] Ignored { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Negative.Length > 0 && Positive.Length == 0)
            yield return new ValidationResult("labels.negative requires labels.positive, which is not set: set both or neither", [nameof(Negative)]);
        string[] all = [.. Positive, .. Negative, .. Ignored];
        if (all.GroupBy(static l => l, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1)?.Key is { } twice)
            yield return new ValidationResult($"each label may occur once in positive, negative and ignored, but '{twice}' occurs twice", [nameof(Positive)]);
    }
}
