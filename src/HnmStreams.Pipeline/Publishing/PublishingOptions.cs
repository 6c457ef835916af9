using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>Settings of publishing new weights to the scorers and of promoting versions to users.</summary>
public sealed class PublishingOptions
{
    /// <summary>The number of applied training steps between two versions.</summary>
    [Range(1, 1_000_000)]
    public int EverySteps { get; set; } = 4;

    /// <summary>
    /// True if a version is promoted (served to users and saved at the end) only if it is not significantly worse than the
    /// best so far; false if every new version is promoted. Exact mode always uses the newest version, because evaluations depend on the clock.
    /// </summary>
    public bool Gate { get; set; } = true;

    /// <summary>
    /// The choice between versions without a significant difference. <c>best</c> promotes only the best so far, because many
    /// small steps down would each be insignificant; <c>newest</c> follows the learner until their sum is significant.
    /// </summary>
    [Required, AllowedValues(Best, Newest)]
    public string Prefer { get; set; } = Best;

    internal const string Best = "best", Newest = "newest";

    /// <summary>
    /// The number of held-out examples, of the rarer kind if the task has positives, from which on versions are compared. With fewer, the
    /// metric is mostly noise: the newest version is promoted. To make the gate effective on small sets, raise
    /// <c>pipeline.evaluation.heldOutShare</c>.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MinHeldOut { get; set; } = 30;

    /// <summary>The time between two promotion decisions, which are made after evaluations. Each decision scores the held-out share once more.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan PromoteEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The number of promoted versions that stay in the folder <c>versions</c> of the checkpoint folder, so that a person can return to
    /// one of them or download it; 0 keeps none. Each takes the space of the weights.
    /// </summary>
    [Range(0, 1_000)]
    public int KeepVersions { get; set; } = 5;

    /// <summary>The number of versions between two promotion decisions of the serial learner, which uses no clock.</summary>
    internal int PromoteEveryVersions { get; set; } = 32;
}
