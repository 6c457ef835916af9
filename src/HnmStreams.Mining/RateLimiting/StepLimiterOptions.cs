using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.RateLimiting;

/// <summary>The ratio of training steps to consumed examples.</summary>
public sealed class StepLimiterOptions
{
    /// <summary>Number of consumed examples per training step.</summary>
    [Range(0.01, 1e9)]
    public double ExamplesPerStep { get; set; } = 512;

    /// <summary>Number of examples that must be consumed before the first training step.</summary>
    [Range(0, long.MaxValue)]
    public long MinExamples { get; set; } = 1_024;

    /// <summary>
    /// Maximum number of steps that a slow trainer may still owe when the next batch arrives. Steps beyond it are skipped, so that there is
    /// no burst to catch up.
    /// </summary>
    [Range(1.0, 1e9)]
    public double MaxDebtSteps { get; set; } = 4;
}
