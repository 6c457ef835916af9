using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Budget;

/// <summary>
/// The share of the stream that is scored, if the controller decides it. The controller runs in live mode with baselines, for the
/// shares that the user has not set (<c>pipeline.scoring.share</c>, <c>pipeline.mix.hardShare</c>).
/// </summary>
public sealed class MiningBudgetOptions : IValidatableObject
{
    /// <summary>False leaves both shares as they are set, or at their defaults.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Examples scored per trained row at the start. A forward pass costs about a quarter of a trained row.</summary>
    [Range(0.0, 1e6)]
    public double StartCandidates { get; set; } = 1;

    /// <summary>The smallest number of candidates per trained row above 0. Below it nothing is scored.</summary>
    [Range(0.001, 1e6)]
    public double MinimumCandidates { get; set; } = 0.25;

    /// <summary>The largest number of candidates per trained row.</summary>
    [Range(0.001, 1e6)]
    public double MaximumCandidates { get; set; } = 4;

    /// <summary>The smallest gain in the task's metric that matters. If the confidence interval excludes it, less is scored.</summary>
    [Range(0.0, 1.0)]
    public double WorthwhileGain { get; set; } = 0.005;

    /// <summary>The largest share of the arrivals that is scored, whatever the number of candidates.</summary>
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
