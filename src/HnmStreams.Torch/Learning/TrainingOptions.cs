using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Torch.Learning;

/// <summary>Settings of the optimizer, the learning-rate schedule and weight averaging.</summary>
public sealed class TrainingOptions : IValidatableObject
{
    internal const string Adam = "adam";
    internal const string Sgd = "sgd";
    internal const string ScheduleFree = "schedule-free";
    internal const string Prodigy = "prodigy";

    private const string Constant = "constant";

    /// <summary>
    /// The optimizer: <c>adam</c> (arXiv 1412.6980); <c>sgd</c> with momentum; <c>schedule-free</c>, an AdamW that publishes an average of its weights
    /// instead of decaying the learning rate (arXiv 2405.15682); or <c>prodigy</c>, an Adam that estimates the learning rate (arXiv 2306.06101).
    /// </summary>
    [Required, AllowedValues(Adam, Sgd, ScheduleFree, Prodigy)]
    public string Optimizer { get; set; } = Adam;

    /// <summary>The learning rate at the end of the warm-up, 1e-9 to 100; <c>prodigy</c> does not use it.</summary>
    [Range(1e-9, 100.0)]
    public double LearningRate { get; set; } = 1e-3;

    /// <summary>The momentum of <c>sgd</c>, 0 to 0.9999; other optimizers do not use it.</summary>
    [Range(0.0, 0.9999)]
    public double Momentum { get; set; } = 0.9;

    /// <summary>
    /// The weight decay, 0 to 1. With <c>adam</c> and <c>sgd</c> this factor times the weight is added to the gradient; with <c>schedule-free</c> and
    /// <c>prodigy</c> each step takes this factor times the learning rate off the weight (AdamW). 0 disables it.
    /// </summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; set; }

    /// <summary>
    /// The learning rate after the warm-up: <c>constant</c>, or decaying to 0 at <see cref="TotalSteps"/> by a
    /// <c>linear</c> or half a <c>cosine</c> curve. Must be <c>constant</c> with <c>schedule-free</c>.
    /// </summary>
    [Required, AllowedValues("constant", "linear", "cosine")]
    public string Schedule { get; set; } = "constant";

    /// <summary>
    /// The factor on the learning rate at the first step, 1 to 1,000. It falls to 1 with the number of steps s: 1 + (initialFactor - 1) · exp(-s / <see cref="InitialSteps"/>).
    /// Large first steps learn faster, and the small ones that follow keep the best weights for longer. <c>prodigy</c> does not use it. 1 disables it.
    /// </summary>
    [Range(1.0, 1_000.0)]
    public double InitialFactor { get; set; } = 1;

    /// <summary>The number of steps in which <see cref="InitialFactor"/> - 1 falls to 37 % of itself, 1 to 1e9.</summary>
    [Range(1.0, 1e9)]
    public double InitialSteps { get; set; } = 60;

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
    /// Izmailov et al., arXiv 1803.05407), 0 to 0.999999. 0 publishes the weights themselves; with <c>schedule-free</c>, which always publishes an
    /// average, 0 is the average over all steps, and a decay lets it follow a stream that changes. The running average of a model with more than a million
    /// weights takes in every fourth step.
    /// </summary>
    [Range(0.0, 0.999999)]
    public double WeightAveraging { get; set; }

    /// <summary>
    /// The mean cross-entropy of the training rows below which the learning rate of <c>adam</c> falls in proportion to it, 0 to 100. Such batches are
    /// memorized, and full steps would only move the weights away from their best. The average spans about 20 steps, and the larger one of the positives
    /// and the negatives decides. 0 always uses the full rate. Only for tasks with labels.
    /// </summary>
    [Range(0.0, 100.0)]
    public double FullRateHardness { get; set; } = 0.05;

    /// <summary>
    /// The largest number of rows in one forward and backward pass of a step, 0 to 1,000,000. A larger batch is processed in parts whose gradients are summed, so
    /// that the activations need less memory. The gradient stays that of the whole batch, apart from rounding. If the loss compares the rows of a batch
    /// (retrieval, faces), a step computes the outputs of all parts first, at the cost of one more forward pass. 0 processes whole batches. Only for networks
    /// without statistics over the rows of a batch: images, faces, retrieval, and all tasks with <c>task.encoder</c> or <c>task.backbone</c>.
    /// </summary>
    [Range(0, 1_000_000)]
    public int RowsPerPass { get; set; }

    /// <summary>Returns a copy with another learning rate and weight decay.</summary>
    public TrainingOptions With(double learningRate, double weightDecay)
    {
        var copy = (TrainingOptions)MemberwiseClone();
        (copy.LearningRate, copy.WeightDecay) = (learningRate, weightDecay);
        return copy;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Schedule != Constant && TotalSteps <= WarmupSteps)
        {
            yield return new ValidationResult($"must be above warmupSteps ({WarmupSteps}) for a {Schedule} schedule", [nameof(TotalSteps)]);
        }

        if (Optimizer == ScheduleFree && Schedule != Constant)
            yield return new ValidationResult("must be constant for the optimizer schedule-free, which averages instead", [nameof(Schedule)]);
    }
}
