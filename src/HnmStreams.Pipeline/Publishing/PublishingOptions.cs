using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>How often new weights go to the scorers, and which of them to users.</summary>
public sealed class PublishingOptions
{
    /// <summary>Applied training steps between two versions.</summary>
    [Range(1, 1_000_000)]
    public int EverySteps { get; set; } = 4;

    /// <summary>
    /// A version becomes the latest, which users are given and which is saved at the end, only if it is not worse than the
    /// best so far by more than the noise; false takes the newest. Exact mode takes the newest: what is judged when depends on the clock.
    /// </summary>
    public bool Gate { get; set; } = true;

    /// <summary>
    /// Of versions that the noise does not tell from the best: <c>best</c> gives out only what is the best so far, since many
    /// small steps down would each lie within the noise; <c>newest</c> goes along with the learner until they add up.
    /// </summary>
    [Required, AllowedValues(Best, Newest)]
    public string Prefer { get; set; } = Best;

    internal const string Best = "best", Newest = "newest";

    /// <summary>Time between two decisions, each of which scores the held-out share once more; they fall on evaluations.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan PromoteEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same in versions, where there is no clock to go by: in benchmarks.</summary>
    [Range(1, 1_000_000)]
    public int PromoteEveryVersions { get; set; } = 32;
}
