using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Options;

/// <summary>Which examples of a set are learnt from, and which are judged by. The same options give the same parts, always.</summary>
public sealed class SplitOptions : IValidatableObject
{
    /// <summary>What decides.</summary>
    public SplitKind By { get; set; }

    /// <summary>The part to judge by: about this share of a split by hash, just this share of one by time.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Share { get; set; } = 0.3;

    /// <summary>Seed of a split by hash.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>Of a split by label: the labels to judge by; empty draws a share of the labels by hash.</summary>
    [Required]
    public string[] TestLabels { get; set; } = [];

    /// <summary>
    /// The given part to learn from: what its files are named by (train-images-idx3-ubyte, train.csv, shuttle-train.csv.gz,
    /// train/cat/1.jpg, imagesets/train.txt, qrels/train.tsv). A set without parts is that whole. Any other split divides this part.
    /// </summary>
    [Required]
    public string Train { get; set; } = "train";

    /// <summary>The given part to judge by; <c>test</c> is found under the name <c>t10k</c>, too.</summary>
    [Required]
    public string Test { get; set; } = "test";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TestLabels.Length > 0 && By != SplitKind.Label)
            yield return new ValidationResult($"split.by is '{By}': these labels are for a split by label", [nameof(TestLabels)]);
        if (By == SplitKind.Files && string.Equals(Train, Test, StringComparison.Ordinal))
            yield return new ValidationResult("it is the same as split.train: what is learnt from cannot be judged by", [nameof(Test)]);
    }
}

/// <summary>What decides on which side an example lies.</summary>
public enum SplitKind
{
    /// <summary>By files, where the set has a part of the test's name; else none.</summary>
    Auto,

    /// <summary>The parts that the set comes in.</summary>
    Files,

    /// <summary>A hash of the id.</summary>
    Id,

    /// <summary>A hash of the input: what repeats lies on one side.</summary>
    Content,

    /// <summary>The label or identity: nobody who is judged by was ever seen. Listed, or by a hash.</summary>
    Label,

    /// <summary>The last are judged by: by their time, or by their row where there is no time column.</summary>
    Time,

    /// <summary>Nothing is judged by.</summary>
    None,
}

/// <summary>A side of the split.</summary>
public enum SetPart
{
    Train,
    Test,
}
