using HnmStreams.Data.Records;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Host.Learner;

/// <summary>Whether a learner that failed is begun again from its newest checkpoint: so often in so long, and not where it would only fail again.</summary>
internal sealed class RestartBudget(int restarts, TimeSpan window, bool acceptsOtherTopic, TimeProvider time)
{
    private readonly Queue<long> _taken = new();

    public bool TryTake(Exception? error)
    {
        if (error is null || !MayPass(error))
            return false;
        while (_taken.TryPeek(out var oldest) && time.GetElapsedTime(oldest) > window)
            _taken.Dequeue();
        if (_taken.Count >= restarts)
            return false;
        _taken.Enqueue(time.GetTimestamp());
        return true;
    }

    /// <summary>Another learner, settings that do not fit, a topic that is another, letters that are refused: a person has to decide.</summary>
    private bool MayPass(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is SupersededException or ShapeMismatchException or DeadLetterException or InvalidDataException or ArgumentException)
                return false;
            if (e is StalePositionException)
                return acceptsOtherTopic;
        }

        return true;
    }
}
