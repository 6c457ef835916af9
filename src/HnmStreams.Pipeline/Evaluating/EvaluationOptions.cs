using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>How the model is judged while it learns.</summary>
public sealed class EvaluationOptions
{
    /// <summary>Share of the ids that is never trained on.</summary>
    [Range(0.0, 0.9)]
    public double HeldOutShare { get; set; } = 0.05;

    /// <summary>Held-out examples kept: the newest, a quarter of the room for positives. They are weighted back to the stream's own rate.</summary>
    [Range(16, 10_000_000)]
    public int HeldOutCapacity { get; set; } = 4_000;

    /// <summary>Time between two evaluations on the held-out share.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Scored examples that the prequential (score, then train) window looks back on.</summary>
    [Range(16, 10_000_000)]
    public int PrequentialWindow { get; set; } = 20_000;
}
