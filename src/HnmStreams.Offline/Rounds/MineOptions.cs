using System.ComponentModel.DataAnnotations;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Offline.Rounds;

/// <summary>
/// Offline mining: how many rounds, which band of the ranked negatives is kept, and what is too like a positive. Scores
/// are similarities where the task embeds, else the probability that an example is not what its label says (of a negative
/// against a rare class: that it is of that class), from 0 to 1.
/// </summary>
public sealed class MineOptions : IValidatableObject
{
    /// <summary>Times that all negatives are ranked; after each the model is trained on.</summary>
    [Range(1, 10_000)]
    public int Rounds { get; set; } = 3;

    /// <summary>Training steps after each ranking; 0 only mines, null takes so many that what was mined is trained on once.</summary>
    [Range(0, int.MaxValue)]
    public int? Steps { get; set; }

    /// <summary>Steps on positives and random negatives before the first round, where no weights are given: an untrained model ranks by noise.</summary>
    [Range(0, int.MaxValue)]
    public int WarmupSteps { get; set; } = 500;

    /// <summary>So many of the hardest are passed over, of those that the filters leave.</summary>
    [Range(0, 1_000_000)]
    public int RangeMin { get; set; }

    /// <summary>The rank at which the band ends; null: 30 behind its beginning, and <see cref="HardSet"/> where the task does not embed.</summary>
    [Range(1, 100_000_000)]
    public int? RangeMax { get; set; }

    /// <summary>Negatives with a lower score are left out; null: none.</summary>
    public float? MinScore { get; set; }

    /// <summary>What scores above is set aside as a suspected positive; null: no such bound.</summary>
    public float? MaxScore { get; set; }

    internal bool IsUnbounded => MaxScore is null && AbsoluteMargin is null && RelativeMargin is null;

    /// <summary>A negative scores at least so much less than the positive; null: no such bound.</summary>
    [Range(0.0, 2.0)]
    public float? AbsoluteMargin { get; set; }

    /// <summary>
    /// A negative scores less than the positive by at least this share of it. Null: 0.05 where the task embeds and no other
    /// bound is given (the best of arXiv 2407.15831), else no such bound: probabilities crowd near 1, and there the filter
    /// would take away the very examples that teach most.
    /// </summary>
    [Range(0.0, 1.0)]
    public float? RelativeMargin { get; set; }

    /// <summary>Which of the band are taken.</summary>
    public MineSampling Sampling { get; set; } = MineSampling.Random;

    /// <summary>Negatives of an anchor, where the task embeds.</summary>
    [Range(1, 10_000)]
    public int Negatives { get; set; } = 4;

    /// <summary>Positives of an anchor, where the task embeds; the lowest scored bounds its negatives.</summary>
    [Range(1, 10_000)]
    public int Positives { get; set; } = 1;

    /// <summary>Hard examples in all, where the task does not embed.</summary>
    [Range(1, 100_000_000)]
    public int HardSet { get; set; } = 10_000;

    /// <summary>Anchors of a training step, where the task embeds; each comes with a positive and its negatives.</summary>
    [Range(1, 65_536)]
    public int AnchorsPerStep { get; set; } = 32;

    /// <summary>Only ids that begin so are anchors; null: the queries (q:) of a set in BEIR's layout, else all.</summary>
    public string? Anchors { get; set; }

    /// <summary>Only ids that begin so are candidates; null: the documents (d:) of a set in BEIR's layout, else all.</summary>
    public string? Candidates { get; set; }

    /// <summary>Weights (safetensors) of a second model of the same task, which has to find a negative too unlike the positive as well; null: none.</summary>
    public string? Checker { get; set; }

    /// <summary>Suspected positives of a round that are listed at most, in its <c>suspects.jsonl</c>.</summary>
    [Range(0, 100_000_000)]
    public int SuspectsListed { get; set; } = 10_000;

    /// <summary>Where the state is kept between rounds, and gone on from.</summary>
    [Required]
    public string Folder { get; set; } = "mined";

    /// <summary>Begins anew, whatever state there is.</summary>
    public bool Fresh { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RangeMax <= RangeMin)
            yield return new ValidationResult($"rangeMin is {RangeMin}: allowed is more", [nameof(RangeMax)]);
        if (MinScore > MaxScore)
            yield return new ValidationResult($"maxScore is {MaxScore}: allowed is at most that", [nameof(MinScore)]);
        if (Checker is { } path && !File.Exists(path))
            yield return new ValidationResult("allowed is a safetensors file that exists", [nameof(Checker)]);
        if ((RangeMax ?? RangeMin + 30) - RangeMin < Negatives && RangeMax is not null)
            yield return new ValidationResult($"the band from {RangeMin} to {RangeMax} is narrower", [nameof(Negatives)]);
    }

    /// <summary>What the filters ask of a negative's score.</summary>
    internal PositiveAwareOptions Filter() => new() { Margin = AbsoluteMargin, Percentage = 1 - RelativeMargin, MaximumScore = MaxScore };

    /// <summary>The scores that a negative may have beside these positives.</summary>
    internal (float Least, float Most) BoundsOf(ReadOnlySpan<float> positives) =>
        (MinScore ?? float.NegativeInfinity, PositiveAwareFilter.Bound(positives, Filter()));
}

/// <summary>Which of a band are taken.</summary>
public enum MineSampling
{
    /// <summary>Any, by chance.</summary>
    Random,

    /// <summary>The hardest.</summary>
    Top,
}
