using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Budget;

/// <summary>
/// Settings of the controller of the scored share. It runs in live mode with baselines, for the shares that the user has not set
/// (<c>pipeline.scoring.share</c>, <c>pipeline.mix.hardShare</c>).
/// </summary>
public sealed class MiningBudgetOptions : IValidatableObject
{
    /// <summary>False leaves both shares as they are set, or at their defaults.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The number of examples scored per trained row at the start, 0 to 1,000,000. A forward pass costs about a quarter of a trained row.</summary>
    [Range(0.0, 1e6)]
    public double StartCandidates { get; set; } = 1;

    /// <summary>The smallest number of candidates per trained row, 0.001 to 1,000,000. Below it nothing is scored.</summary>
    [Range(0.001, 1e6)]
    public double MinCandidates { get; set; } = 0.25;

    /// <summary>The largest number of candidates per trained row, 0.001 to 1,000,000.</summary>
    [Range(0.001, 1e6)]
    public double MaxCandidates { get; set; } = 4;

    /// <summary>The smallest gain in the task's metric that matters, 0 to 1. If the confidence interval excludes it, less is scored.</summary>
    [Range(0.0, 1.0)]
    public double WorthwhileGain { get; set; } = 0.005;

    /// <summary>The largest share of the arrivals that is scored, 0 to 1, whatever the number of candidates.</summary>
    [Range(0.0, 1.0)]
    public double MaxShare { get; set; } = 1;

    /// <summary>
    /// True sets the number of examples per step once, from the costs measured in the first steps, so that scoring and training take about as many
    /// seconds: 4 to 16 scored examples per trained row. It has no effect in exact mode, or if a controller sets the scored share. <c>hnm run</c> sets it
    /// if <c>pipeline.limiter.examplesPerStep</c> is not set.
    /// </summary>
    public bool BalanceSteps { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinCandidates > MaxCandidates)
            yield return new ValidationResult($"must be at most maxCandidates ({MaxCandidates})", [nameof(MinCandidates)]);
        if (StartCandidates > MaxCandidates)
            yield return new ValidationResult($"must be at most maxCandidates ({MaxCandidates})", [nameof(StartCandidates)]);
    }
}
