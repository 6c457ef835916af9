namespace HnmStreams.Kafka.Clients;

/// <summary>
/// A signal that some state has changed and is to be checked again. Take <see cref="Next"/> first, then check the condition,
/// then await the task: a pulse in between is not missed. A pulse without a waiter costs one memory barrier and one read. Thread-safe.
/// </summary>
internal sealed class ProgressSignal
{
    private TaskCompletionSource? _waiting;

    /// <summary>A task that completes at the next pulse.</summary>
    public Task Next
    {
        get
        {
            var current = Volatile.Read(ref _waiting);
            if (current is not null)
                return current.Task;
            var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _waiting, created, null) ?? created).Task;
        }
    }

    /// <summary>Completes all tasks that <see cref="Next"/> has returned since the last pulse.</summary>
    public void Pulse()
    {
        // The full fence orders the caller's change before the check for a waiter.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) is not null)
            Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
    }
}
