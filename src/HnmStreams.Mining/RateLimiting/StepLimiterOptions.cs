using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.RateLimiting;

/// <summary>How many training steps the stream pays for.</summary>
public sealed class StepLimiterOptions
{
    /// <summary>Examples consumed for each step.</summary>
    [Range(0.01, 1e9)]
    public double ExamplesPerStep { get; set; } = 512;

    /// <summary>Examples that must have gone by before the first step.</summary>
    [Range(0, long.MaxValue)]
    public long MinimumExamples { get; set; } = 1_024;

    /// <summary>Steps that a slow trainer may still be owed when the next batch comes; what is beyond is forgone, so that there is no burst to catch up.</summary>
    [Range(1.0, 1e9)]
    public double MaximumDebtSteps { get; set; } = 4;
}
