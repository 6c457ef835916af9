using System.ComponentModel.DataAnnotations;
using HnmStreams.Pipeline.Batching;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>Settings of the evaluation of the model while it trains.</summary>
public sealed class EvaluationOptions
{
    /// <summary>The share of the ids that is never trained on, 0 to 0.9.</summary>
    [Range(0.0, 0.9)]
    public double HeldOutShare { get; set; } = 0.05;

    /// <summary>
    /// The length of the event-time intervals that are held out as a whole, such as <c>1h</c>; if not set, examples are held out by id.
    /// Examples close in time are often near duplicates (a burst of fraud, a static camera). Held out by id, their duplicates are
    /// trained on, and the evaluation does not show that the model memorized them. Examples without an event time are
    /// held out by id. A group is always held out as a whole.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "366.00:00:00")]
    public TimeSpan? HeldOutInterval { get; set; }

    /// <summary>
    /// A text that the producers do not know, such as 32 random letters. Examples are held out by a hash of the id. Without a secret anyone can compute
    /// it, and a producer can choose ids that are held out, to make the metrics look better or worse. If it changes, examples that were trained on may
    /// be held out. It is never printed.
    /// </summary>
    [MinLength(16)]
    public string? HeldOutSecret { get; set; }

    /// <summary>The number of held-out examples kept. The newest are kept, with a quarter of the capacity for positives; weights restore the class rates of the stream.</summary>
    [Range(16, 10_000_000)]
    public int HeldOutCapacity { get; set; } = 4_000;

    /// <summary>The time between two evaluations on the held-out share.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The number of scored examples in the prequential (score, then train) window.</summary>
    [Range(16, 10_000_000)]
    public int PrequentialWindow { get; set; } = 20_000;

    /// <summary>
    /// Weights examples in the evaluation as in the loss. By default each example counts once: weights come from the producers, so a few
    /// records with large weights could decide the metrics and the promotion of versions.
    /// </summary>
    public bool Weighted { get; set; }

    /// <summary>The split of these settings: equal in every process that has them.</summary>
    internal HeldOutSplit ToHeldOutSplit() => new(HeldOutShare, HeldOutInterval, secret: HeldOutSecret);
}
