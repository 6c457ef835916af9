namespace HnmStreams.Host.Application;

/// <summary>The end of a run with a fixed duration (<c>run.for</c>). The duration counts from the start of the process, so that it includes waits and restarts.</summary>
/// <param name="duration">Null for a run without a fixed duration.</param>
internal sealed class RunDeadline(TimeSpan? duration, TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();

    /// <summary>The remaining time, at least zero; infinite without a fixed duration.</summary>
    public TimeSpan Remaining => duration is { } total
        ? TimeSpan.FromTicks(Math.Max(0, (total - time.GetElapsedTime(_startedAt)).Ticks))
        : Timeout.InfiniteTimeSpan;

    /// <summary>True if the duration is over.</summary>
    public bool HasPassed => Remaining == TimeSpan.Zero;

    /// <summary>Returns a source that is canceled at the end of the run, or when <paramref name="stop"/> is.</summary>
    public CancellationTokenSource Link(CancellationToken stop)
    {
        var linked = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (duration is not null)
            linked.CancelAfter(Remaining);
        return linked;
    }
}
