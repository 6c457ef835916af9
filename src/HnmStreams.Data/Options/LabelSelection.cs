using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Options;

/// <summary>Which labels are taken, by name or index, and as what.</summary>
public sealed class LabelSelection : IValidatableObject
{
    /// <summary>Name that the labels of <see cref="Positive"/> get.</summary>
    public const string PositiveName = "positive";

    /// <summary>Name that all other labels get, where there are positive ones.</summary>
    public const string NegativeName = "negative";

    /// <summary>Labels that become the class <c>positive</c>; the others become <c>negative</c>. Empty leaves labels as they are.</summary>
    [Required]
    public string[] Positive { get; set; } = [];

    /// <summary>The only labels that become <c>negative</c>; examples of any other are dropped. Empty takes all.</summary>
    [Required]
    public string[] Negative { get; set; } = [];

    /// <summary>Labels whose examples are dropped.</summary>
    [Required]
    public string[] Ignored { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Negative.Length > 0 && Positive.Length == 0)
            yield return new ValidationResult("there is no labels.positive: name both, or neither", [nameof(Negative)]);
        string[] all = [.. Positive, .. Negative, .. Ignored];
        if (all.GroupBy(static l => l, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1)?.Key is { } twice)
            yield return new ValidationResult($"'{twice}' stands twice in positive, negative and ignored: once is allowed", [nameof(Positive)]);
    }
}
