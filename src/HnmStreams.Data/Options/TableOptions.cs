using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Options;

/// <summary>How a table's lines are written.</summary>
public sealed class TableOptions
{
    /// <summary>What separates columns; null means the tab for <c>.tsv</c>, and elsewhere the first line decides.</summary>
    public char? Delimiter { get; set; }

    /// <summary>Whether the first line holds the columns' names.</summary>
    public bool Header { get; set; } = true;

    /// <summary>Names of the columns where no header gives them; else they are called 0, 1, 2, …</summary>
    [Required]
    public string[] Names { get; set; } = [];

    /// <summary>Whether fields may be quoted (RFC 4180), line breaks in them included; null means not in <c>.tsv</c>, and so elsewhere.</summary>
    public bool? Quoted { get; set; }
}

/// <summary>Which column of a table, or field of a JSON line, is what. The rest are the input.</summary>
public sealed class ColumnOptions
{
    /// <summary>
    /// The target. Whole numbers of 0 or more are class indices, anything else class names; the first row decides.
    /// </summary>
    [Required]
    public string Label { get; set; } = "label";

    /// <summary>The id; without one ids are made of the file's name and the row's number.</summary>
    public string? Id { get; set; }

    /// <summary>The text that is the input.</summary>
    public string? Text { get; set; }

    /// <summary>When it happened: ISO 8601, or seconds since 1970 (or since any other beginning).</summary>
    public string? Time { get; set; }

    /// <summary>Weight in the loss; above 0.</summary>
    public string? Weight { get; set; }

    /// <summary>Features that are numbers; anything else in them is an error. Other columns are what their value looks like.</summary>
    [Required]
    public string[] Numeric { get; set; } = [];

    /// <summary>Features that are categories, even where they look like numbers.</summary>
    [Required]
    public string[] Categorical { get; set; } = [];

    /// <summary>Columns that are not read.</summary>
    [Required]
    public string[] Ignored { get; set; } = [];

    /// <summary>What the input columns become.</summary>
    public TableInput Input { get; set; }
}

/// <summary>What a table's input columns become.</summary>
public enum TableInput
{
    /// <summary>
    /// Features where <see cref="ColumnOptions.Numeric"/> or <see cref="ColumnOptions.Categorical"/> name some; else by the
    /// first row: one column of words is a text, numbers only are a tensor, a mixture is features.
    /// </summary>
    Auto,

    /// <summary>A float32 tensor [columns]; or uint8 [n, n] where the columns are named pixel… and their count is a square.</summary>
    Tensor,

    /// <summary>Named numbers and categories; an empty field is left out.</summary>
    Features,
}
