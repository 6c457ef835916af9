using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace HnmStreams.Data.Options;

/// <summary>
/// The <c>data</c> section: the location of a data set, the meaning of its columns, the split into training and test part, and
/// the way it is sent.
/// </summary>
public sealed class DataOptions : IValidatableObject
{
    /// <summary>The value of <see cref="Path"/> that selects the built-in stream.</summary>
    public const string SyntheticStream = "synthetic";

    /// <summary>
    /// <c>synthetic</c> for the built-in stream, or the path of a file or folder. A relative path that does not exist is looked
    /// up below HNM_DATA.
    /// </summary>
    [Required]
    public string Path { get; set; } = SyntheticStream;

    /// <summary>The path of a separate test set, read with the same settings and never trained on. If it is not set, <see cref="Split"/> decides.</summary>
    public string? TestPath { get; set; }

    /// <summary>The format of the data set. <c>auto</c> detects it from the names of the files.</summary>
    public DataFormat Format { get; set; }

    /// <summary>The syntax of a table (CSV or TSV).</summary>
    [Required]
    public TableOptions Table { get; set; } = new();

    /// <summary>The roles of the columns of a table or the fields of JSON lines.</summary>
    [Required]
    public ColumnOptions Columns { get; set; } = new();

    /// <summary>
    /// The meaning of the label: <c>class</c>, or <c>identity</c> for sets in which items with the same label belong together
    /// (faces, paraphrases).
    /// </summary>
    public LabelMeaning LabelMeans { get; set; }

    /// <summary>The labels that are used, and the classes that they are mapped to.</summary>
    [Required]
    public LabelSelection Labels { get; set; } = new();

    /// <summary>True to drop every example whose input and target have occurred before. Applied before the split.</summary>
    public bool Unique { get; set; }

    /// <summary>The split into a training part and a test part.</summary>
    [Required]
    public SplitOptions Split { get; set; } = new();

    /// <summary>
    /// The share of a class in the training part after downsampling, per class name, for example <c>"spam": 0.01</c>. Above 0
    /// and below 1. The choice depends on <see cref="Seed"/> and is the same in every epoch. Applied after <see
    /// cref="Labels"/>, so the name is <c>positive</c> if that section maps labels.
    /// </summary>
    [Required]
    public IDictionary<string, string> Downsampling { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The changes that are applied while the set is sent, to test how the service reacts to drift and label errors.</summary>
    [Required]
    public DriftOptions Drift { get; set; } = new();

    /// <summary>
    /// The number of times that the set is sent; 0 means without end. If it is not set, <c>produce</c> sends the set once and
    /// <c>run</c> repeats it until the run ends.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int? Epochs { get; set; }

    /// <summary>
    /// True to reshuffle the examples in each epoch. If false, the order of the files is kept, and the set is streamed
    /// instead of held in memory unless downsampling, a split by time or drift requires it.
    /// </summary>
    public bool Shuffle { get; set; } = true;

    /// <summary>The maximum rate in examples per second. If it is not set, the rate is not limited.</summary>
    [Range(0.001, 1e9)]
    public double? Rate { get; set; }

    /// <summary>The seed of downsampling, shuffling and drift. The split has its own seed, so the test part does not change with this one.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>The maximum size of one image file in bytes.</summary>
    [Range(1, 256 << 20)]
    public int MaxImageBytes { get; set; } = 16 << 20;

    /// <summary>
    /// The maximum memory in bytes of the examples held, for sets that cannot be streamed. All objects and strings are counted; the sum is
    /// within 20 % of the memory in use after a garbage collection. The process needs more while it reads.
    /// </summary>
    [Range(1 << 10, 1L << 40)]
    public long MaxHeldBytes { get; set; } = 4L << 30;

    /// <summary>Returns true if the built-in stream is selected.</summary>
    public bool IsSynthetic() => Path.Equals(SyntheticStream, StringComparison.OrdinalIgnoreCase);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, share) in Downsampling)
        {
            if (!TryShare(share, out var value) || value is 0 or 1)
                yield return new ValidationResult($"'{name}' must be a share above 0 and below 1, such as 0.01, but is '{share}'", [nameof(Downsampling)]);
        }

        if (Downsampling.Values.Sum(static s => TryShare(s, out var value) ? value : 0) >= 1)
            yield return new ValidationResult("the sum of the shares must be below 1 so that examples of the other classes remain", [nameof(Downsampling)]);
        if (TestPath is not null && Split.By is not (SplitKind.Auto or SplitKind.None))
            yield return new ValidationResult($"testPath and split.by exclude each other, but split.by is '{Split.By}': remove one of them", [nameof(TestPath)]);
        if (IsSynthetic() && !Drift.IsNone())
            yield return new ValidationResult("drift applies to data sets only: for the built-in stream set synthetic.driftPeriod and synthetic.wrongLabelRate", [nameof(Drift)]);
    }

    /// <summary>Parses a share: a number from 0 to 1.</summary>
    internal static bool TryShare(string text, out double share) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out share) && share is >= 0 and <= 1;
}

/// <summary>The format of a data set.</summary>
public enum DataFormat
{
    /// <summary>Detected from the names of the files.</summary>
    Auto,

    /// <summary>The IDX format of MNIST and similar sets.</summary>
    Idx,

    /// <summary>One folder per class that holds JPEG, PNG or PGM files.</summary>
    Images,

    /// <summary>A table. The delimiter is detected from the first line.</summary>
    Csv,

    /// <summary>A table with tabs as delimiters and without quoting.</summary>
    Tsv,

    /// <summary>One JSON object per line, or the rows of a Parquet or Arrow IPC (Feather) file, with the fields that <see cref="ColumnOptions"/> names.</summary>
    Jsonl,

    /// <summary>One example per line in the JSON form of the wire format.</summary>
    Examples,

    /// <summary>PASCAL VOC: annotations/*.xml, images/*, imagesets/*.txt.</summary>
    Voc,

    /// <summary>BEIR: corpus.jsonl, queries.jsonl, qrels/*.tsv.</summary>
    Beir,

    /// <summary>
    /// Anchors with positives and negatives, one row each, as JSON lines, Parquet or Arrow: the columns that <c>hnm mine</c> writes, those of
    /// sentence-transformers, or query, pos and neg.
    /// </summary>
    Pairs,

    /// <summary>
    /// COCO: annotations/instances_PART.json with the images in PART, images/PART or images, or such a file. The part is the one that
    /// <see cref="SplitOptions.Train"/> or <see cref="SplitOptions.Test"/> names, for example <c>train2017</c>.
    /// </summary>
    Coco,
}

/// <summary>The meaning of a label.</summary>
public enum LabelMeaning
{
    /// <summary>A class.</summary>
    Class,

    /// <summary>An identity or group: <see cref="Examples.Target.Identity"/>.</summary>
    Identity,
}
