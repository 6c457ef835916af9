using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>How the model is judged while it learns.</summary>
public sealed class EvaluationOptions
{
    /// <summary>Share of the ids that is never trained on.</summary>
    [Range(0.0, 0.9)]
    public double HeldOutShare { get; set; } = 0.05;

    /// <summary>
    /// Whole stretches of the examples' own time are held out together, such as <c>1h</c>, in place of single ids; null is by
    /// id. What comes close together is often alike (a burst of fraud, a camera that stands still), so that near twins of
    /// what the model is judged by are trained on, and nobody sees that it learns them by heart. Examples without a time of
    /// their own go by their ids, and whole groups stay whole.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "366.00:00:00")]
    public TimeSpan? HeldOutStretch { get; set; }

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
