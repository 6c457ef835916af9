namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>The observation of another learner's heartbeat. It measures the silence by its own clock, so clocks need not agree.</summary>
/// <remarks>One owner, one thread.</remarks>
internal sealed class LeaseWatch(TimeSpan expiry, TimeProvider time)
{
    private long _seenAt;

    /// <summary>The lease that was observed last; null before the first.</summary>
    public LeaseRecord? Seen { get; private set; }

    /// <summary>Returns the time until the lease expires if its holder sends no heartbeat; zero if it is released or expired, or if its holder has certainly ended.</summary>
    public TimeSpan Remaining(LeaseRecord current)
    {
        if (current.Released || current.Owner.IsGone())
            return TimeSpan.Zero;
        if (current != Seen)
            (Seen, _seenAt) = (current, time.GetTimestamp());
        var remaining = expiry - time.GetElapsedTime(_seenAt);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }
}
