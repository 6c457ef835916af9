using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Torch.Learning;

/// <summary>How the learner turns gradients into weights.</summary>
public sealed class TrainingOptions : IValidatableObject
{
    /// <summary><c>adam</c> (arXiv 1412.6980) or <c>sgd</c> with momentum.</summary>
    [Required, AllowedValues("adam", "sgd")]
    public string Optimizer { get; set; } = "adam";

    [Range(1e-9, 100.0)]
    public double LearningRate { get; set; } = 1e-3;

    /// <summary>Of sgd.</summary>
    [Range(0.0, 0.9999)]
    public double Momentum { get; set; } = 0.9;

    /// <summary>Added to the gradient, times the weight.</summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; set; }

    /// <summary>After the warm-up: <c>constant</c>, or falling to 0 at <see cref="TotalSteps"/>, <c>linear</c> or by half a <c>cosine</c>.</summary>
    [Required, AllowedValues("constant", "linear", "cosine")]
    public string Schedule { get; set; } = "constant";

    /// <summary>Steps in which the learning rate rises evenly to its full value; 0 for none.</summary>
    [Range(0L, long.MaxValue)]
    public long WarmupSteps { get; set; }

    /// <summary>Where a falling schedule ends; needed by <c>linear</c> and <c>cosine</c>.</summary>
    [Range(0L, long.MaxValue)]
    public long TotalSteps { get; set; }

    /// <summary>Gradients with a larger Euclidean norm are scaled down to it; 0 leaves them.</summary>
    [Range(0.0, 1e9)]
    public double ClipNorm { get; set; }

    /// <summary>
    /// Decay per step of the running average of the weights that is published in place of the weights themselves
    /// (after Izmailov et al., arXiv 1803.05407); 0 publishes the weights.
    /// </summary>
    [Range(0.0, 0.999999)]
    public double WeightAveraging { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.Equals(Schedule, "constant", StringComparison.Ordinal) && TotalSteps <= WarmupSteps)
        {
            yield return new ValidationResult(
                $"A {Schedule} schedule needs {nameof(TotalSteps)} above {nameof(WarmupSteps)} ({WarmupSteps}); it is {TotalSteps}.", [nameof(TotalSteps)]);
        }
    }
}
