using System.Collections.Concurrent;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>
/// The way back into the ranking stage. Messages arrive by the stage's asynchronous callback, not by an edge of the graph, so the
/// forward path has no cycle. Messages that arrive before the stage starts wait; those that arrive after it has ended are not answered.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RankingPort
{
    private readonly ConcurrentQueue<RankingMessage> _early = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<RankingMessage>? _callback;

    /// <summary>Completes when the stage has ended and its state is disposed, also the waiting store on disk.</summary>
    public Task Closed => _closed.Task;

    public void Tell(RankingMessage message)
    {
        if (Volatile.Read(ref _callback) is { } callback)
        {
            callback(message);
            return;
        }

        _early.Enqueue(message);
        // The stage may have started between the check and the enqueue.
        if (Volatile.Read(ref _callback) is not null)
            Flush();
    }

    /// <summary>Asks a question between two batches, on the stage's thread. An exception fails the returned task, not the learner.</summary>
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

    /// <summary>Sets the number of examples per step from now on. Only in live mode.</summary>
    public void SetExamplesPerStep(double examples) => Tell(new RankingMessage.Question(ranker => ranker.Rounds.SetExamplesPerStep(examples)));

    /// <summary>Opens the port. Called by the stage when it starts.</summary>
    public void Open(Action<RankingMessage> callback)
    {
        Volatile.Write(ref _callback, callback);
        Flush();
    }

    /// <summary>Called by the stage when its state is disposed.</summary>
    public void Close() => _closed.TrySetResult();

    private void Flush()
    {
        while (_early.TryDequeue(out var message))
            _callback!(message);
    }
}
