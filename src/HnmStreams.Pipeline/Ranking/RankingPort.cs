using System.Collections.Concurrent;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>What may be asked of the ranking stage from outside of the forward path.</summary>
internal abstract record RankingMessage
{
    private RankingMessage()
    {
    }

    /// <summary>The trainer has nothing to do: it is sent the next <see cref="Flow.TrainingRound"/> as soon as the limiter allows one.</summary>
    internal sealed record Draw(Akka.Actor.IActorRef Trainer) : RankingMessage;

    internal sealed record Feedback(Flow.StepFeedback Step) : RankingMessage;

    /// <summary>A baseline is there.</summary>
    internal sealed record BaselineReady(Flow.Baseline Which, Akka.Actor.IActorRef Learner) : RankingMessage;

    /// <summary>A baseline has taken the steps of a round.</summary>
    internal sealed record BaselineDone(Flow.Baseline Which, long Number, int Steps) : RankingMessage;

    /// <summary>Scoring has paid for further steps of the learner at equal compute: answered by <see cref="Flow.ExtraSteps"/>.</summary>
    internal sealed record DrawExtraSteps(Akka.Actor.IActorRef Learner, int Steps) : RankingMessage;

    /// <summary>Exact mode: a round's steps are done, with all that they said.</summary>
    internal sealed record RoundDone(Flow.TrainedRound Round) : RankingMessage;

    /// <summary>A checkpoint is due: the state as it is between two batches goes down the forward channel.</summary>
    internal sealed record Checkpoint(Checkpointing.Saving.CheckpointRequest Request) : RankingMessage;

    /// <summary>A capture is written, what it pinned may go.</summary>
    internal sealed record Release(long Pin) : RankingMessage;

    /// <summary>A question, or an order of a person's, between two batches.</summary>
    internal sealed record Question(Action<Ranker> Ask) : RankingMessage;

    /// <summary>Asks for a copy of the held-out rows and the prequential metrics.</summary>
    internal sealed record GetHeldOut(TaskCompletionSource<HeldOutSnapshot> Answer) : RankingMessage;

    /// <summary>Ends the stage: nobody will ask any more.</summary>
    internal sealed record Stop : RankingMessage;
}

/// <summary>
/// The way back into the ranking stage: messages come in by its asynchronous callback, never by an edge of the graph,
/// so the forward path has no cycle. What arrives before the stage runs waits; what arrives after it ended is not answered.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RankingPort
{
    private readonly ConcurrentQueue<RankingMessage> _early = new();
    private Action<RankingMessage>? _callback;

    public void Tell(RankingMessage message)
    {
        if (Volatile.Read(ref _callback) is { } callback)
        {
            callback(message);
            return;
        }

        _early.Enqueue(message);
        // The stage may have opened between the look and the enqueue.
        if (Volatile.Read(ref _callback) is not null)
            Flush();
    }

    /// <summary>Asks between two batches, on the stage's thread. What goes wrong is the asker's news, not the learner's.</summary>
    public Task<T> AskAsync<T>(Func<Ranker, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(new RankingMessage.Question(ranker =>
        {
            try
            {
                answer.TrySetResult(question(ranker));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                answer.TrySetException(e);
            }
        }));
        return answer.Task;
    }

    /// <summary>Called by the stage when it starts.</summary>
    public void Open(Action<RankingMessage> callback)
    {
        Volatile.Write(ref _callback, callback);
        Flush();
    }

    private void Flush()
    {
        while (_early.TryDequeue(out var message))
            _callback!(message);
    }
}
