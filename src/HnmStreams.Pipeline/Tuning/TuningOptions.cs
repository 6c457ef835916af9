using System.ComponentModel.DataAnnotations;
using HnmStreams.Pipeline.Flow.Tuning;

namespace HnmStreams.Pipeline.Tuning;

/// <summary>
/// Challengers of the learner on the live stream: learners with one other setting that train on the same stream and take the place of the
/// learner if they are significantly better on held-out examples (after ChaCha, arXiv 2106.04815).
/// </summary>
public sealed class TuningOptions : IValidatableObject
{
    /// <summary>The share of all compute seconds that challengers and their evaluation may take, 0 to 0.9. 0 disables tuning; <c>hnm run --tune</c> sets 0.25.</summary>
    [Range(0.0, 0.9)]
    public double ComputeShare { get; set; }

    /// <summary>The maximum number of challengers at a time, 1 to 8. Fewer run if the compute share does not pay for them.</summary>
    [Range(1, 8)]
    public int Challengers { get; set; } = 2;

    /// <summary>
    /// The number of steps after which a challenger without a significant difference is replaced, 10 or more. The outcomes of its first quarter do not count.
    /// A difference of 0.02 in the metric needs about 2,500 held-out outcomes (positives, if they are rare).
    /// </summary>
    [Range(10L, 1_000_000_000L)]
    public long TrialSteps { get; set; } = 10_000;

    /// <summary>The probability that any challenger that is not better is ever promoted, over all comparisons, 0.000001 to 0.5.</summary>
    [Range(1e-6, 0.5)]
    public double ErrorRate { get; set; } = 0.05;

    /// <summary>The time between two comparisons.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The keys of settings that are not varied, such as <c>pipeline.mix.hardShare</c>. Settings that the command line or the environment set are
    /// added; those of files are starting points.
    /// </summary>
    [Required]
    public string[] Fixed { get; set; } = [];

    /// <summary>True if challengers run.</summary>
    internal bool IsEnabled => ComputeShare > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Fixed.FirstOrDefault(key => !TunedSettings.Keys.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            yield return new ValidationResult($"must have keys among {string.Join(", ", TunedSettings.Keys)} but has '{unknown}'", [nameof(Fixed)]);
    }
}
