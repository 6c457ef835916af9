using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Tabular;

/// <summary>Rows of numbers.</summary>
public sealed class TabularOptions : LabelOptions
{
    public TabularOptions() => Positive = "1";

    /// <summary>Numbers in a row.</summary>
    [Range(1, 65_536)]
    public int Features { get; set; } = 30;

    /// <summary>Widths of the hidden layers; empty is a linear model.</summary>
    [Required]
    public int[] Hidden { get; set; } = [64, 64];

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var result in base.Validate(validationContext))
            yield return result;
        if (Hidden.Any(width => width is < 1 or > 65_536))
            yield return new ValidationResult($"The widths of Hidden are from 1 to 65536; they are {string.Join(", ", Hidden)}.", [nameof(Hidden)]);
    }
}
