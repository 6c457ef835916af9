using Akka.Actor;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Tuning;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>A message to the ranking stage from outside of the forward path.</summary>
internal abstract record RankingMessage
{
    private RankingMessage()
    {
    }

    /// <summary>The trainer is idle. It is sent the next <see cref="TrainingRound"/> as soon as the limiter allows one.</summary>
    internal sealed record TrainerReady(IActorRef Trainer) : RankingMessage;

    /// <summary>A training step is done.</summary>
    internal sealed record Feedback(StepFeedback Step) : RankingMessage;

    /// <summary>The mined pairs of the round in the check were checked.</summary>
    /// <param name="Failure">Null if the check has succeeded.</param>
    internal sealed record PairsChecked(Exception? Failure) : RankingMessage;

    /// <summary>A baseline has started.</summary>
    internal sealed record BaselineReady(Baseline Which, IActorRef Learner) : RankingMessage;

    /// <summary>A baseline has taken the steps of a round.</summary>
    internal sealed record BaselineDone(Baseline Which, long Number, int Steps) : RankingMessage;

    /// <summary>The time spent on scoring pays for extra steps of the baseline at equal compute. Answered by <see cref="ExtraSteps"/>.</summary>
    internal sealed record DrawExtraSteps(IActorRef Learner, int Steps) : RankingMessage;

    /// <summary>Begins the trial of a challenger.</summary>
    internal sealed record StartChallenger(long Trial, IActorRef Learner, IActorRef Tuner, TunedSettings Settings) : RankingMessage;

    /// <summary>A challenger has taken the steps of a round.</summary>
    internal sealed record ChallengerDone(long Trial, int Steps) : RankingMessage;

    /// <summary>Ends the trial of a challenger; null ends all trials.</summary>
    internal sealed record StopChallenger(long? Trial) : RankingMessage;

    /// <summary>A challenger takes the place of the champion. Answered by <see cref="Promotion"/>.</summary>
    internal sealed record PromoteChallenger(long Trial, IActorRef Tuner, TunedSettings Settings) : RankingMessage;

    /// <summary>A comparison of the champion with the challengers is due. Answered by <see cref="ComparisonRows"/> and one <see cref="LearnerSnapshot"/> per learner.</summary>
    /// <param name="Since">The held-out arrivals of the previous comparison; null for none.</param>
    internal sealed record CompareChallengers(SnapshotRequest Request, (long Positives, long Negatives)? Since) : RankingMessage;

    /// <summary>Exact mode: all steps of a round are done.</summary>
    internal sealed record RoundDone(TrainedRound Round) : RankingMessage;

    /// <summary>A checkpoint is due. The stage adds its state between two batches and passes the request down the forward channel.</summary>
    internal sealed record Checkpoint(CheckpointRequest Request) : RankingMessage;

    /// <summary>A capture is written, so that its pin can be released.</summary>
    internal sealed record Release(long Pin) : RankingMessage;

    /// <summary>A question, or a person's decision, for the time between two batches.</summary>
    internal sealed record Question(Action<Ranker> Ask) : RankingMessage;

    /// <summary>Asks for a copy of the held-out rows and the prequential metrics.</summary>
    internal sealed record GetHeldOut(TaskCompletionSource<HeldOutSnapshot> Answer) : RankingMessage;

    /// <summary>A batch of examples was scored again, or could not be.</summary>
    internal sealed record Rescored(ExampleBatch Batch) : RankingMessage;

    /// <summary>A batch of unlabeled examples was predicted by the newest version, or could not be.</summary>
    internal sealed record Compared(ExampleBatch Batch) : RankingMessage;

    /// <summary>Ends the stage.</summary>
    internal sealed record Stop : RankingMessage;
}
