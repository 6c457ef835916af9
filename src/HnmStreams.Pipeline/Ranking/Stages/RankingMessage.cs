using Akka.Actor;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow;

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

    /// <summary>A baseline has started.</summary>
    internal sealed record BaselineReady(Baseline Which, IActorRef Learner) : RankingMessage;

    /// <summary>A baseline has taken the steps of a round.</summary>
    internal sealed record BaselineDone(Baseline Which, long Number, int Steps) : RankingMessage;

    /// <summary>The time spent on scoring pays for extra steps of the baseline at equal compute. Answered by <see cref="ExtraSteps"/>.</summary>
    internal sealed record DrawExtraSteps(IActorRef Learner, int Steps) : RankingMessage;

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
