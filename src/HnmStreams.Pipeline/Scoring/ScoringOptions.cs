using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>Who scores, on what, and how much of the stream.</summary>
public sealed class ScoringOptions
{
    /// <summary>Scorer actors; 0 is one per compute lane.</summary>
    [Range(0, 256)]
    public int Count { get; set; }

    /// <summary>Threads that torch may use inside one scorer (CPU).</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = 1;

    /// <summary>
    /// Share of the examples that is scored; the others feed the reservoirs only. 0 is plain random negatives. Null is all,
    /// or what <c>pipeline.miningBudget</c> decides where there are baselines.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? Share { get; set; }

    internal double ShareOrAll => Share ?? 1;

    /// <summary>How long a batch may take before it is tried once more, and then counted as failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
