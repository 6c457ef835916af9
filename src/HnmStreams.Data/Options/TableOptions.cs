using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Options;

/// <summary>The syntax of a table.</summary>
public sealed class TableOptions
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
}

/// <summary>The roles of the columns of a table or the fields of JSON lines. The remaining ones are the input.</summary>
public sealed class ColumnOptions
{
    /// <summary>The column with the target. Whole numbers of 0 or more are class indices, other values are class names.</summary>
    [Required]
    public string Label { get; set; } = "label";

    /// <summary>The column with the id. If it is not set, ids are built from the name of the file and the number of the row.</summary>
    public string? Id { get; set; }

    /// <summary>The column with the text that is the input.</summary>
    public string? Text { get; set; }

    /// <summary>The column with the event time: ISO 8601, or seconds since 1970 (or since the beginning of the recording).</summary>
    public string? Time { get; set; }

    /// <summary>The column with the weight in the loss, a number above 0. If it is not set, every weight is 1.</summary>
    public string? Weight { get; set; }

    /// <summary>The columns with numeric features; any other value in them is an error.</summary>
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
    /// Features where <see cref="ColumnOptions.Numeric"/> or <see cref="ColumnOptions.Categorical"/> name some; else by the
    /// first row: one column of words is a text, numbers only are a tensor, a mixture is features.
    /// </summary>
    Auto,

    /// <summary>A float32 tensor [columns]; or a uint8 tensor [n, n] if all columns are named pixel… and their number is a square.</summary>
    Tensor,

    /// <summary>Named numbers and categories. Empty fields are omitted.</summary>
    Features,
}
