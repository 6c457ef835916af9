using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace HnmStreams.Data.Options;

/// <summary>
/// A data set in words: where it lies, what is what in it, which part is learnt from and which judged by, and how it is
/// sent. A set that nobody has seen before needs this and no code.
/// </summary>
public sealed class DataOptions : IValidatableObject
{
    /// <summary>The word for the built-in stream.</summary>
    public const string SyntheticStream = "synthetic";

    /// <summary><c>synthetic</c>, or a file or folder: its path, or its path below HNM_DATA.</summary>
    [Required]
    public string Path { get; set; } = SyntheticStream;

    /// <summary>A set of its own to judge by, read by the same rules and never trained on; null takes <see cref="Split"/>'s.</summary>
    public string? TestPath { get; set; }

    /// <summary>What kind of set it is.</summary>
    public DataFormat Format { get; set; }

    /// <summary>Tables: how their lines are written.</summary>
    [Required]
    public TableOptions Table { get; set; } = new();

    /// <summary>Tables and JSON lines: which column (or field) is what.</summary>
    [Required]
    public ColumnOptions Columns { get; set; } = new();

    /// <summary>What the label says: a class, or who is seen (faces; texts that mean the same).</summary>
    public LabelMeaning LabelMeans { get; set; }

    /// <summary>Which labels are taken, and as what.</summary>
    [Required]
    public LabelSelection Labels { get; set; } = new();

    /// <summary>Drops each example whose input and target have occurred before in what is read, before it is split.</summary>
    public bool Unique { get; set; }

    /// <summary>Which examples are learnt from, and which are judged by.</summary>
    [Required]
    public SplitOptions Split { get; set; } = new();

    /// <summary>
    /// Makes classes rare in what is learnt from: class and its share of what is left, such as <c>"spam": 0.01</c>. A seeded
    /// choice, the same for all epochs. After <see cref="Labels"/>, so <c>positive</c> where that made it.
    /// </summary>
    [Required]
    public IDictionary<string, string> Downsampling { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What changes while it is sent.</summary>
    [Required]
    public DriftOptions Drift { get; set; } = new();

    /// <summary>Times that the set is sent; null is once for <c>produce</c>, and until the run ends for <c>run</c>; 0 is without end.</summary>
    [Range(0, int.MaxValue)]
    public int? Epochs { get; set; }

    /// <summary>
    /// Draws a new order for each epoch. Without it the set's own order is sent; then it is not held in memory either,
    /// unless downsampling, a split by time or drift needs that.
    /// </summary>
    public bool Shuffle { get; set; } = true;

    /// <summary>Examples a second at most; null is as fast as they are taken.</summary>
    [Range(0.001, 1e9)]
    public double? Rate { get; set; }

    /// <summary>Seed of the downsampling, the orders and the drift. The split has its own, so that another seed judges by the same examples.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>Bytes of one image file.</summary>
    [Range(1, 256 << 20)]
    public int MaxImageBytes { get; set; } = 16 << 20;

    /// <summary>Bytes of inputs that are held in memory at most, where the set has to be held.</summary>
    [Range(1 << 10, 1L << 40)]
    public long MaxHeldBytes { get; set; } = 4L << 30;

    /// <summary>Whether the synthetic stream is asked for.</summary>
    public bool IsSynthetic() => Path.Equals(SyntheticStream, StringComparison.OrdinalIgnoreCase);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, share) in Downsampling)
        {
            if (!TryShare(share, out var value) || value is 0 or 1)
                yield return new ValidationResult($"'{name}' is '{share}': allowed is its share of the stream, above 0 and below 1, such as 0.01", [nameof(Downsampling)]);
        }

        if (Downsampling.Values.Sum(static s => TryShare(s, out var value) ? value : 0) >= 1)
            yield return new ValidationResult("its shares add up to 1 or more, and leave nothing for the other classes", [nameof(Downsampling)]);
        if (TestPath is not null && Split.By is not (SplitKind.Auto or SplitKind.None))
            yield return new ValidationResult($"split.by is '{Split.By}' as well: a set to judge by of its own leaves nothing to split", [nameof(TestPath)]);
        if (IsSynthetic() && !Drift.IsNone())
            yield return new ValidationResult("the synthetic stream drifts by itself: synthetic.driftPeriod and synthetic.wrongLabelRate", [nameof(Drift)]);
    }

    /// <summary>A number from 0 to 1.</summary>
    internal static bool TryShare(string text, out double share) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out share) && share is >= 0 and <= 1;
}

/// <summary>What kind of set lies at a path.</summary>
public enum DataFormat
{
    /// <summary>What the names of its files tell.</summary>
    Auto,

    /// <summary>MNIST and its likes.</summary>
    Idx,

    /// <summary>One folder a class, with JPEG, PNG or PGM files in it.</summary>
    Images,

    /// <summary>A table; the first line tells what separates columns.</summary>
    Csv,

    /// <summary>A table separated by tabs, without quotes.</summary>
    Tsv,

    /// <summary>One JSON object a line; <see cref="ColumnOptions"/> names its fields.</summary>
    Jsonl,

    /// <summary>One example a line, in the JSON form of the wire.</summary>
    Examples,

    /// <summary>PASCAL VOC: annotations/*.xml, images/*, imagesets/*.txt.</summary>
    Voc,

    /// <summary>BEIR: corpus.jsonl, queries.jsonl, qrels/*.tsv.</summary>
    Beir,
}

/// <summary>What a label says.</summary>
public enum LabelMeaning
{
    /// <summary>A class.</summary>
    Class,

    /// <summary>Who or what group it is: <see cref="Examples.Target.Identity"/>.</summary>
    Identity,
}
