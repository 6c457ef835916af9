using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Readers;

/// <summary>How a set of examples is to be read; most of it concerns tables only.</summary>
public sealed class ReaderOptions
{
    /// <summary>Which part of a set: <c>train</c>, <c>test</c> (also found under the name <c>t10k</c>), or whatever its files are named by.</summary>
    [Required]
    public string Split { get; set; } = "train";

    /// <summary>
    /// Tables: the column with the target. Whole numbers of 0 or more are class indices, anything else class names; the
    /// first row decides. A table without header names its columns 0, 1, 2, …
    /// </summary>
    [Required]
    public string LabelColumn { get; set; } = "label";

    /// <summary>Tables: the column with the id; without one ids are made of the file's name and the row's number.</summary>
    public string? IdColumn { get; set; }

    /// <summary>Tables: the column whose text is the input. Without one the other columns are the input.</summary>
    public string? TextColumn { get; set; }

    /// <summary>Tables: what the input columns become.</summary>
    public TableInput Input { get; set; }

    /// <summary>Tables: what separates columns; without one <c>.tsv</c> means the tab, and elsewhere the first line decides.</summary>
    public char? Delimiter { get; set; }

    /// <summary>Tables: whether the first line holds the columns' names.</summary>
    public bool HasHeader { get; set; } = true;

    /// <summary>Tables: whether fields may be quoted (RFC 4180); without it <c>.tsv</c> files are not, others are.</summary>
    public bool? Quoted { get; set; }

    /// <summary>Folders of images: bytes of one file.</summary>
    [Range(1, 256 << 20)]
    public int MaxImageBytes { get; set; } = 16 << 20;
}

/// <summary>What a table's input columns become.</summary>
public enum TableInput
{
    /// <summary>By the first row: one column of words is a text, numbers only are a tensor, a mixture is features.</summary>
    Auto,

    /// <summary>A float32 tensor [columns]; or uint8 [n, n] where the columns are named pixel… and their count is a square.</summary>
    Tensor,

    /// <summary>Named numbers and categories; an empty field is left out.</summary>
    Features,
}
