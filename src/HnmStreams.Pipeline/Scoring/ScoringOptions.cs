using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>Settings of scoring: the number of scorers and the share of the stream that they score.</summary>
public sealed class ScoringOptions
{
    /// <summary>The number of scorer actors; 0 means one per compute lane.</summary>
    [Range(0, 256)]
    public int Count { get; set; }

    /// <summary>The number of scorer actors if there are <paramref name="lanes"/> compute lanes.</summary>
    internal int CountOn(int lanes) => Count > 0 ? Count : lanes;

    /// <summary>
    /// The share of the examples that are scored, 0 to 1; the others only feed the reservoirs. 0 means random negatives without mining.
    /// If not set, all examples are scored, or the share that <c>pipeline.miningBudget</c> decides if baselines are enabled.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? Share { get; set; }

    internal double ShareOrAll => Share ?? 1;

    /// <summary>
    /// The maximum age of a served prediction, in model versions, when the label of its example comes (<c>labels.mode</c>). Up to it, the example is
    /// ranked by the served prediction, which costs nothing. Of the older ones, <see cref="RescoredShare"/> is scored again. 0 for no limit: ranked by old
    /// predictions, the pool holds what an earlier model found hard.
    /// </summary>
    [Range(0L, 1_000_000_000L)]
    public long MaxScoreAge { get; set; } = 1;

    /// <summary>
    /// The share of the joined negatives with an older prediction that is scored again beside the stream, the hardest first, 0 to 1. The others only feed the
    /// reservoirs. It bounds the cost of mining, as a share of that with inline labels.
    /// </summary>
    [Range(0.0, 1.0)]
    public double RescoredShare { get; set; } = 0.04;

    /// <summary>
    /// The age of a score in the pool, in model versions, from which on the candidate is scored again, the oldest and hardest first. Only a scorer
    /// that has no batch of the stream does it, so that the stream is not slower. 0 for never. A candidate that is trained on gets a new score anyway. In exact
    /// mode and for tasks with groups it has no effect.
    /// </summary>
    [Range(0L, 1_000_000_000L)]
    public long MaxPoolAge { get; set; }

    /// <summary>The time limit per attempt to score a batch. A batch gets two attempts; after the second it counts as failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
