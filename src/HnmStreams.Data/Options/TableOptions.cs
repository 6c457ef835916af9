using System.ComponentModel.DataAnnotations;
using System.Text;

namespace HnmStreams.Data.Options;

/// <summary>The syntax of a table.</summary>
public sealed class TableOptions : IValidatableObject
{
    /// <summary>The delimiter between columns. If it is not set, it is the tab for <c>.tsv</c> files and is detected from the first line otherwise.</summary>
    public char? Delimiter { get; set; }

    /// <summary>True if the first line holds the names of the columns.</summary>
    public bool Header { get; set; } = true;

    /// <summary>The names of the columns of a table without a header. If empty, the columns are named 0, 1, 2, …</summary>
    [Required]
    public string[] Names { get; set; } = [];

    /// <summary>
    /// True if fields may be quoted (RFC 4180) and may then contain line breaks. If it is not set, it is false for <c>.tsv</c>
    /// files and true otherwise.
    /// </summary>
    public bool? Quoted { get; set; }

    /// <summary>The decimal separator of numbers: <c>.</c> or <c>,</c>. Numbers have no thousands separators.</summary>
    [AllowedValues('.', ',')]
    public char Decimal { get; set; } = '.';

    /// <summary>
    /// The words that mean a missing value, in tables and in the strings of JSON lines. An empty field is always missing. Case and
    /// surrounding blanks are ignored. A missing feature is omitted.
    /// </summary>
    [Required]
    public string[] Missing { get; set; } = ["NA", "N/A", "#N/A", "<NA>", "nan", "null", "?"];

    /// <summary>
    /// The encoding of the file, for example <c>utf-8</c>, <c>windows-1252</c>, <c>iso-8859-1</c> or <c>utf-16</c>. A byte-order
    /// mark takes precedence.
    /// </summary>
    [Required]
    public string Encoding { get; set; } = "utf-8";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TextEncoding() is null)
            yield return new ValidationResult($"must be the name of an encoding, such as utf-8, windows-1252, iso-8859-1 or utf-16, but is '{Encoding}'", [nameof(Encoding)]);
        if (Delimiter == Decimal)
            yield return new ValidationResult($"must differ from the delimiter but is '{Decimal}' as well", [nameof(Decimal)]);
    }

    /// <summary>Returns the encoding, which throws on invalid bytes; null if the name is unknown.</summary>
    internal Encoding? TextEncoding()
    {
        var (encoder, decoder) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(Encoding, encoder, decoder) ?? System.Text.Encoding.GetEncoding(Encoding, encoder, decoder);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>The roles of the columns of a table or the fields of JSON lines. The remaining ones are the input.</summary>
public sealed class ColumnOptions
{
    /// <summary>
    /// The column with the target. Class indices if all labels in the sample that <see cref="TableInput.Auto"/> describes are whole
    /// numbers of 0 or more, else class names.
    /// </summary>
    [Required]
    public string Label { get; set; } = "label";

    /// <summary>
    /// The separator of the labels in the column <see cref="Label"/>, for examples with several labels, such as <c>|</c>: the target is then a set of class names, and an empty
    /// field an empty set. In JSON lines an array is such a set. Null reads one label per example.
    /// </summary>
    public char? LabelSeparator { get; set; }

    /// <summary>
    /// The columns of a table or the fields of JSON lines that hold one label each: 1 or true if the label with the name of the column applies, and 0, false or nothing if it does
    /// not. The target is a set of class names, and <see cref="Label"/> is not read. Empty reads the column <see cref="Label"/>.
    /// </summary>
    [Required]
    public string[] Labels { get; set; } = [];

    /// <summary>The column with the id. If it is not set, ids are built from the name of the file and the number of the row.</summary>
    public string? Id { get; set; }

    /// <summary>The column with the text that is the input.</summary>
    public string? Text { get; set; }

    /// <summary>The column with the event time: ISO 8601, or a number in the unit <see cref="TimeUnit"/> since 1970 (or since the beginning of the recording).</summary>
    public string? Time { get; set; }

    /// <summary>The unit of numeric times: <c>s</c>, <c>ms</c>, <c>us</c> or <c>ns</c>. Numbers may have fractions.</summary>
    public TimeUnit TimeUnit { get; set; }

    /// <summary>The column with the weight in the loss, a number above 0. If it is not set, every weight is 1.</summary>
    public string? Weight { get; set; }

    /// <summary>
    /// The columns with numeric features. Any other value in them is an error, unless <see cref="TableOptions.Missing"/> names it.
    /// In JSON lines, their numbers may be written as strings.
    /// </summary>
    [Required]
    public string[] Numeric { get; set; } = [];

    /// <summary>The columns with categorical features, even if their values are numbers.</summary>
    [Required]
    public string[] Categorical { get; set; } = [];

    /// <summary>The columns that are not read.</summary>
    [Required]
    public string[] Ignored { get; set; } = [];

    /// <summary>The form of the input that is built from the input columns.</summary>
    public TableInput Input { get; set; }
}

/// <summary>The form of the input that is built from a table's input columns.</summary>
public enum TableInput
{
    /// <summary>
    /// Features if <see cref="ColumnOptions.Numeric"/> or <see cref="ColumnOptions.Categorical"/> name some; else determined from a
    /// sample, which is the beginning of the file up to 2,000,000 values: one column of words is a text, columns of numbers without
    /// missing values are a tensor, anything else is features. The order of the rows in the sample does not matter.
    /// </summary>
    Auto,

    /// <summary>A float32 tensor [columns]; or a uint8 tensor [n, n] if all columns are named pixel… and their number is a square.</summary>
    Tensor,

    /// <summary>Named numbers and categories. Missing values are omitted.</summary>
    Features,
}

/// <summary>The unit of a numeric time.</summary>
public enum TimeUnit
{
    /// <summary>Seconds.</summary>
    S,

    /// <summary>Milliseconds.</summary>
    Ms,

    /// <summary>Microseconds.</summary>
    Us,

    /// <summary>Nanoseconds.</summary>
    Ns,
}
