using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Budget;

/// <summary>
/// How much of the stream is scored, where the controller decides that: in live mode beside baselines, for what
/// the user has not set (<c>pipeline.scoring.share</c>, <c>pipeline.mix.hardShare</c>).
/// </summary>
public sealed class MiningBudgetOptions : IValidatableObject
{
    /// <summary>False leaves both shares as they are set, or at their defaults.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Examples scored for each row trained on, at first. A forward pass costs about a quarter of a trained row.</summary>
    [Range(0.0, 1e6)]
    public double StartCandidates { get; set; } = 1;

    /// <summary>The fewest above none; below it nothing is scored.</summary>
    [Range(0.001, 1e6)]
    public double MinimumCandidates { get; set; } = 0.25;

    /// <summary>The most.</summary>
    [Range(0.001, 1e6)]
    public double MaximumCandidates { get; set; } = 4;

    /// <summary>A gain in the task's metric that would matter: where the interval has no room for so much, less is scored.</summary>
    [Range(0.0, 1.0)]
    public double WorthwhileGain { get; set; } = 0.005;

    /// <summary>The largest share of the arrivals, whatever that comes to in candidates.</summary>
    [Range(0.0, 1.0)]
    public double MaximumShare { get; set; } = 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinimumCandidates > MaximumCandidates)
            yield return new ValidationResult("allowed is at most maximumCandidates", [nameof(MinimumCandidates)]);
        if (StartCandidates > MaximumCandidates)
            yield return new ValidationResult("allowed is at most maximumCandidates", [nameof(StartCandidates)]);
    }
}
