using System.ComponentModel.DataAnnotations;
using System.Numerics;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Tabular;

/// <summary>Named numbers and categories, or rows of numbers.</summary>
public sealed class TabularOptions : LabelOptions
{
    public TabularOptions() => Positive = "1";

    /// <summary>Numbers in a row, where examples are dense rows; null where they are named features.</summary>
    [Range(1, 65_536)]
    public int? Features { get; set; }

    /// <summary>
    /// Of named features: buckets that names are hashed into, a power of two; half for numbers, half for categories. Of
    /// 100 numbers, two share a bucket with a chance of 45 % at 2^14 and 4 % at 2^18; each bucket adds to what is
    /// published with every version.
    /// </summary>
    [Range(1 << 8, 1 << 20)]
    public int Buckets { get; set; } = 1 << 14;

    /// <summary>Widths of the hidden layers; empty is a linear model.</summary>
    [Required]
    public int[] Hidden { get; set; } = [64, 64];

    /// <summary>
    /// Of dense rows: whether the network standardises its numbers by what it has been trained on so far, or takes them
    /// as they are. Named numbers always are.
    /// </summary>
    public bool Standardise { get; set; } = true;

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var result in base.Validate(validationContext))
            yield return result;
        if (Hidden.Any(width => width is < 1 or > 65_536))
            yield return new ValidationResult($"The widths of Hidden are from 1 to 65536; they are {string.Join(", ", Hidden)}.", [nameof(Hidden)]);
        if (!BitOperations.IsPow2(Buckets))
            yield return new ValidationResult($"Buckets is {Buckets}; a power of two is expected, {BitOperations.RoundUpToPowerOf2((uint)Buckets)} for example.", [nameof(Buckets)]);
    }
}
