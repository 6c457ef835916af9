using HnmStreams.Data.Records;
using HnmStreams.Host.Intake;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Host.Learner;

/// <summary>A budget of restarts after failures: a number of restarts per time window, and none for failures that a restart cannot fix.</summary>
internal sealed class RestartBudget(int restarts, TimeSpan window, bool acceptsRecreatedTopic, TimeProvider time)
{
    private readonly Queue<long> _taken = new();

    /// <summary>Takes one restart from the budget. Returns false if it is exhausted, or if a restart would fail again.</summary>
    public bool TryTake(Exception? error)
    {
        if (error is null || !IsTransient(error))
            return false;
        while (_taken.TryPeek(out var oldest) && time.GetElapsedTime(oldest) > window)
            _taken.Dequeue();
        if (_taken.Count >= restarts)
            return false;
        _taken.Enqueue(time.GetTimestamp());
        return true;
    }

    /// <summary>Returns false for failures that need a decision by a person: another learner holds the lease, the settings do not match the checkpoint, the topic was recreated, dead letters are rejected, nearly every record is rejected, or the state or a setting is invalid.</summary>
    private bool IsTransient(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is TooManyRejectionsException or SupersededException or IncompatibleSettingsException or DeadLetterException or PredictionDeliveryException or InvalidDataException or ArgumentException)
                return false;
            if (e is StalePositionException)
                return acceptsRecreatedTopic;
        }

        return true;
    }
}
