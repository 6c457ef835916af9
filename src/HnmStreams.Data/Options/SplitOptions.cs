using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Data.Options;

/// <summary>The split of a set into a training part and a test part. The same settings always give the same parts.</summary>
public sealed class SplitOptions : IValidatableObject
{
    /// <summary>The criterion of the split. <c>auto</c> uses the set's own test part if it has one and does not split otherwise.</summary>
    public SplitKind By { get; set; }

    /// <summary>The share of the test part, above 0 and below 1. Approximate for a split by hash, exact for a split by time.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Share { get; set; } = 0.3;

    /// <summary>The seed of a split by hash.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>The labels of the test part of a split by label. If empty, a share of the labels is chosen by hash.</summary>
    [Required]
    public string[] TestLabels { get; set; } = [];

    /// <summary>
    /// The name of the set's own training part, as it occurs in file names (train-images-idx3-ubyte, train.csv,
    /// shuttle-train.csv.gz, train/cat/1.jpg, imagesets/train.txt, qrels/train.tsv). A set without parts is used as a whole.
    /// Any split other than <c>files</c> divides this part.
    /// </summary>
    [Required]
    public string Train { get; set; } = "train";

    /// <summary>The name of the set's own test part. <c>test</c> also matches <c>t10k</c>, the name that MNIST uses.</summary>
    [Required]
    public string Test { get; set; } = "test";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TestLabels.Length > 0 && By != SplitKind.Label)
            yield return new ValidationResult($"split.testLabels requires split.by = label, but split.by is '{By}'", [nameof(TestLabels)]);
        if (By == SplitKind.Files && string.Equals(Train, Test, StringComparison.Ordinal))
            yield return new ValidationResult("split.test must differ from split.train: a model must not be evaluated on its training data", [nameof(Test)]);
    }
}

/// <summary>The criterion that assigns an example to the training or test part.</summary>
public enum SplitKind
{
    /// <summary><see cref="Files"/> if the set has its own test part, else <see cref="None"/>.</summary>
    Auto,

    /// <summary>The set's own parts.</summary>
    Files,

    /// <summary>A hash of the id.</summary>
    Id,

    /// <summary>A hash of the input. Duplicates are assigned to the same part.</summary>
    Content,

    /// <summary>The label or identity, listed or chosen by hash. No label of the test part occurs in training.</summary>
    Label,

    /// <summary>The event time: the test part is the latest share. Sets without a time column are split by the order of their rows.</summary>
    Time,

    /// <summary>No test part.</summary>
    None,
}

/// <summary>A part of a split set.</summary>
public enum SetPart
{
    Train,
    Test,
}
