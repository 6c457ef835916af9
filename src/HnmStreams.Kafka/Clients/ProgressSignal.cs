namespace HnmStreams.Kafka.Clients;

/// <summary>
/// "Something moved, look again." Take <see cref="Next"/> first, then check the condition, then await: a pulse in
/// between is not missed. Pulsing costs one exchange where nobody waits. Thread-safe.
/// </summary>
internal sealed class ProgressSignal
{
    private TaskCompletionSource? _waiting;

    /// <summary>Completes at the next pulse.</summary>
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

    public void Pulse()
    {
        // The full fence orders the caller's change before the look at who waits.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) is not null)
            Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
    }
}
