using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Torch.Learning;

/// <summary>Settings of the optimizer, the learning-rate schedule and weight averaging.</summary>
public sealed class TrainingOptions : IValidatableObject
{
    /// <summary>The optimizer: <c>adam</c> (arXiv 1412.6980) or <c>sgd</c> with momentum.</summary>
    [Required, AllowedValues("adam", "sgd")]
    public string Optimizer { get; set; } = "adam";

    /// <summary>The learning rate at the end of the warm-up, 1e-9 to 100.</summary>
    [Range(1e-9, 100.0)]
    public double LearningRate { get; set; } = 1e-3;

    /// <summary>The momentum of <c>sgd</c>, 0 to 0.9999; <c>adam</c> does not use it.</summary>
    [Range(0.0, 0.9999)]
    public double Momentum { get; set; } = 0.9;

    /// <summary>The L2 regularization: this factor times the weight is added to the gradient, 0 to 1. 0 disables it.</summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; set; }

    /// <summary>
    /// The learning rate after the warm-up: <c>constant</c>, or decaying to 0 at <see cref="TotalSteps"/> by a
    /// <c>linear</c> or half a <c>cosine</c> curve.
    /// </summary>
    [Required, AllowedValues("constant", "linear", "cosine")]
    public string Schedule { get; set; } = "constant";

    /// <summary>The number of steps in which the learning rate rises linearly to its full value. 0 disables the warm-up.</summary>
    [Range(0L, long.MaxValue)]
    public long WarmupSteps { get; set; }

    /// <summary>
    /// The step at which a decaying schedule reaches 0. Required for <c>linear</c> and <c>cosine</c>; must be above
    /// <see cref="WarmupSteps"/>.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long TotalSteps { get; set; }

    /// <summary>The largest Euclidean norm of a gradient; larger gradients are scaled down to it. 0 disables clipping.</summary>
    [Range(0.0, 1e9)]
    public double ClipNorm { get; set; }

    /// <summary>
    /// The decay per step of the running average of the weights, which is published instead of the weights (after
    /// Izmailov et al., arXiv 1803.05407), 0 to 0.999999. 0 publishes the weights themselves.
    /// </summary>
    [Range(0.0, 0.999999)]
    public double WeightAveraging { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.Equals(Schedule, "constant", StringComparison.Ordinal) && TotalSteps <= WarmupSteps)
        {
            yield return new ValidationResult($"must be above warmupSteps ({WarmupSteps}) for a {Schedule} schedule", [nameof(TotalSteps)]);
        }
    }
}
