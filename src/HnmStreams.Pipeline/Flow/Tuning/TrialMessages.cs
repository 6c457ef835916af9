using Akka.Actor;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Flow.Tuning;

/// <summary>Asks the trainer for a copy of its state between two steps. Answered by <see cref="LearnerFork"/>.</summary>
internal sealed record ForkLearner(long Trial, IActorRef Receiver);

/// <summary>The state that a challenger starts from. The receiver disposes it.</summary>
internal sealed record LearnerFork(long Trial, LearnerState State);

/// <summary>Asks a learner for its weights after the rounds sent before. Answered by <see cref="LearnerSnapshot"/>.</summary>
internal sealed record SnapshotRequest(long Comparison, IActorRef Receiver);

/// <summary>The weights of a learner in a comparison.</summary>
/// <param name="Trial">The trial of a challenger; <see cref="Champion"/> for the trainer.</param>
/// <param name="Weights">The weights as they would be published. The receiver disposes them.</param>
/// <param name="Steps">The steps of the challenger since its trial began.</param>
/// <param name="Seconds">The compute seconds of these steps.</param>
internal sealed record LearnerSnapshot(long Comparison, long Trial, ModelSnapshot Weights, long Steps, double Seconds)
{
    /// <summary>The number of the trainer in place of a trial.</summary>
    public const long Champion = 0;
}

/// <summary>Begins the trial of a challenger. Its first round follows; its state comes from the trainer.</summary>
internal sealed record BeginTrial(long Trial, TunedSettings Settings);

/// <summary>Ends the trial of a challenger.</summary>
internal sealed record EndTrial(long Trial);

/// <summary>Ends the trial of a challenger that has won: it sends its state to the trainer as <see cref="TakeOver"/>.</summary>
internal sealed record HandOver(long Trial, IActorRef Trainer);

/// <summary>Replaces the weights, the optimizer's state and the settings of the trainer. The receiver disposes the state.</summary>
internal sealed record TakeOver(LearnerState State, TunedSettings Settings);

/// <summary>Tells the tuner if a challenger has taken the place of the champion.</summary>
/// <param name="Done">False if the trial or the stream had ended.</param>
internal sealed record Promotion(long Trial, bool Done);

/// <summary>Tells the tuner that a challenger could not keep up, so that its trial has ended.</summary>
internal sealed record FellBehind(long Trial);

/// <summary>The held-out rows of a comparison. The receiver disposes them.</summary>
/// <param name="AreNew">For each row, if it arrived since the previous comparison.</param>
/// <param name="Arrivals">The held-out arrivals so far, of positives and of negatives.</param>
/// <param name="Trials">The trials whose challengers were asked for their weights, in addition to the champion.</param>
internal sealed record ComparisonRows(
    long Comparison, RowBuffer Rows, bool[] AreNew, (long Positives, long Negatives) Arrivals, IReadOnlyList<long> Trials);
