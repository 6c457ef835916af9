using System.ComponentModel.DataAnnotations;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Offline;

/// <summary>
/// Settings of offline mining: the number of rounds, the rank band of negatives that is kept, and the bounds above which a negative is a
/// suspected positive. Scores are similarities if the task embeds. Otherwise they are the probability, 0 to 1, that the example's label is wrong
/// (for a negative of a rare-class task: that it belongs to the rare class).
/// </summary>
public sealed class MineOptions : IValidatableObject
{
    /// <summary>The number of rounds. Each ranks all negatives and then trains on those mined.</summary>
    [Range(1, 10_000)]
    public int Rounds { get; set; } = 3;

    /// <summary>The number of training steps per round; 0 only mines. If not set, the number that uses each mined negative once.</summary>
    [Range(0, int.MaxValue)]
    public int? Steps { get; set; }

    /// <summary>The number of steps on positives and random negatives before the first round. Not used with initial weights. Without them, an untrained model would rank by noise.</summary>
    [Range(0, int.MaxValue)]
    public int WarmupSteps { get; set; } = 500;

    /// <summary>The number of hardest negatives skipped, counted after the filters.</summary>
    [Range(0, 1_000_000)]
    public int RangeMin { get; set; }

    /// <summary>The rank at which the band ends. If not set, <see cref="RangeMin"/> plus 30 if the task embeds, otherwise plus <see cref="HardSet"/>.</summary>
    [Range(1, 100_000_000)]
    public int? RangeMax { get; set; }

    /// <summary>The lowest score of a mined negative. Not set: no limit.</summary>
    public float? MinScore { get; set; }

    /// <summary>The highest score of a mined negative; examples above it are suspected positives. Not set: no limit.</summary>
    public float? MaxScore { get; set; }

    internal bool IsUnbounded => MaxScore is null && AbsoluteMargin is null && RelativeMargin is null;

    /// <summary>The minimum difference between the score of the positive and that of a negative. Not set: no limit.</summary>
    [Range(0.0, 2.0)]
    public float? AbsoluteMargin { get; set; }

    /// <summary>
    /// The minimum difference between the score of the positive and that of a negative, as a share of the positive's score. If not set,
    /// 0.05 if the task embeds and no other bound is set (the best value of arXiv 2407.15831), otherwise no limit: probabilities
    /// are concentrated near 1, where the filter would remove the most informative examples.
    /// </summary>
    [Range(0.0, 1.0)]
    public float? RelativeMargin { get; set; }

    /// <summary>The way to select negatives from the band.</summary>
    public MineSampling Sampling { get; set; } = MineSampling.Random;

    /// <summary>The number of negatives per anchor, if the task embeds.</summary>
    [Range(1, 10_000)]
    public int Negatives { get; set; } = 4;

    /// <summary>The number of positives per anchor, if the task embeds. The lowest-scored positive bounds the negatives.</summary>
    [Range(1, 10_000)]
    public int Positives { get; set; } = 1;

    /// <summary>The total number of hard examples, if the task does not embed.</summary>
    [Range(1, 100_000_000)]
    public int HardSet { get; set; } = 10_000;

    /// <summary>The number of anchors per training step, if the task embeds. Each comes with one positive and its negatives.</summary>
    [Range(1, 65_536)]
    public int AnchorsPerStep { get; set; } = 32;

    /// <summary>The id prefix of anchors. If not set, <c>q:</c> (queries) for a data set in BEIR's layout, otherwise all ids.</summary>
    public string? Anchors { get; set; }

    /// <summary>The id prefix of candidates. If not set, <c>d:</c> (documents) for a data set in BEIR's layout, otherwise all ids.</summary>
    public string? Candidates { get; set; }

    /// <summary>The safetensors file of a second model of the same task. A negative must also be below the second model's bounds. Not set: no second model.</summary>
    public string? Checker { get; set; }

    /// <summary>The maximum number of suspected positives listed per round, in its <c>suspects.jsonl</c>.</summary>
    [Range(0, 100_000_000)]
    public int SuspectsListed { get; set; } = 10_000;

    /// <summary>The folder of the state between rounds. A run resumes from it.</summary>
    [Required]
    public string Folder { get; set; } = "mined";

    /// <summary>True to discard the state in the folder and start again.</summary>
    public bool Fresh { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RangeMax <= RangeMin)
            yield return new ValidationResult($"must be greater than rangeMin ({RangeMin})", [nameof(RangeMax)]);
        if (MinScore > MaxScore)
            yield return new ValidationResult($"must be at most maxScore ({MaxScore})", [nameof(MinScore)]);
        if (Checker is { } path && !File.Exists(path))
            yield return new ValidationResult($"must be an existing safetensors file but is '{path}'", [nameof(Checker)]);
        if ((RangeMax ?? RangeMin + 30) - RangeMin < Negatives && RangeMax is not null)
            yield return new ValidationResult($"must be at most the width of the band, from rangeMin ({RangeMin}) to rangeMax ({RangeMax})", [nameof(Negatives)]);
    }

    /// <summary>Returns the positive-aware filter of these settings.</summary>
    internal PositiveAwareOptions Filter() => new() { Margin = AbsoluteMargin, MaxShare = 1 - RelativeMargin, MaxScore = MaxScore };

    /// <summary>Returns the range of scores that a negative of these positives may have.</summary>
    internal (float Min, float Max) BoundsOf(ReadOnlySpan<float> positives) =>
        (MinScore ?? float.NegativeInfinity, PositiveAwareFilter.Bound(positives, Filter()));
}
