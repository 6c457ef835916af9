using System.ComponentModel.DataAnnotations;
using System.Numerics;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Tabular;

/// <summary>Settings of the classification of tables: named numbers and categories, or dense rows of numbers.</summary>
public sealed class TabularOptions : LabelOptions
{
    public TabularOptions() => Positive = "1";

    /// <summary>The number of values in a dense row, 1 to 65536. Null means that examples are named features.</summary>
    [Range(1, 65_536)]
    public int? Features { get; set; }

    /// <summary>
    /// The number of buckets that the names of features are hashed into: a power of two, 256 to 1048576, half for
    /// numbers and half for categories. Of 100 numbers, two share a bucket with a probability of 45 % at 2^14 and 4 %
    /// at 2^18. Each bucket adds to the size of every published version. Not used for dense rows.
    /// </summary>
    [Range(1 << 8, 1 << 20)]
    public int Buckets { get; set; } = 1 << 14;

    /// <summary>
    /// The names of features that are numbers even if a record holds them as strings. A string that is not a number rejects
    /// the example, unless it is blank or in <see cref="Missing"/>. Other strings are categories. Not used for dense rows.
    /// </summary>
    [Required]
    public string[] Numeric { get; set; } = [];

    /// <summary>The strings that mean a missing value in the features of <see cref="Numeric"/>, which is then omitted. Case is ignored.</summary>
    [Required]
    public string[] Missing { get; set; } = ["NA", "N/A", "#N/A", "<NA>", "nan", "null", "?"];

    /// <summary>The widths of the hidden layers, each 1 to 65536. Empty makes a linear model.</summary>
    [Required]
    public int[] Hidden { get; set; } = [64, 64];

    /// <summary>
    /// True standardizes the numbers of dense rows by the data trained on so far; false uses them as they are. Named
    /// numbers are always standardized.
    /// </summary>
    public bool Standardize { get; set; } = true;

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var result in base.Validate(validationContext))
            yield return result;
        if (Hidden.Any(width => width is < 1 or > 65_536))
            yield return new ValidationResult("must be widths from 1 to 65536", [nameof(Hidden)]);
        if (!BitOperations.IsPow2(Buckets))
            yield return new ValidationResult($"must be a power of two, such as {BitOperations.RoundUpToPowerOf2((uint)Buckets)}", [nameof(Buckets)]);
    }
}
