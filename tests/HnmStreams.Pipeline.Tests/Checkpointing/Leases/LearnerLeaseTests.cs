using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Tests.Checkpointing.Leases;

public sealed class LearnerLeaseTests : IDisposable
{
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(30);
    private static readonly LeaseOwner OtherHost = new("other-host", 7, DateTimeOffset.UnixEpoch, "", 0);
    private readonly StateFolder _state = new();
    private readonly LeaseClock _clock = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void The_first_learner_gets_epoch_one_and_the_second_waits()
    {
        var (first, second) = (Lease(), Lease());
        Assert.True(first.TryAcquire().Acquired);
        Assert.Equal(1, first.Epoch);
        Assert.True(first.TryAcquire().Acquired);
        Assert.Equal(1, first.Epoch);
        var attempt = second.TryAcquire();
        Assert.False(attempt.Acquired);
        Assert.Equal((1L, OtherHost, Expiry), (attempt.Holder!.Epoch, attempt.Holder.Owner, attempt.Remaining));
        Assert.False(second.IsStillOurs());
        Assert.True(first.IsStillOurs());
    }

    [Fact]
    public void A_standby_takes_over_after_the_expiry_without_a_heartbeat_and_not_before()
    {
        var (first, second) = (Lease(), Lease());
        first.TryAcquire();
        second.TryAcquire();
        for (var i = 0; i < 10; i++)
        {
            _clock.Advance(Expiry - TimeSpan.FromTicks(1));
            Assert.False(second.TryAcquire().Acquired);
            Assert.True(first.Heartbeat());
            Assert.Equal(Expiry, second.TryAcquire().Remaining);
        }

        _clock.Advance(Expiry);
        Assert.True(second.TryAcquire().Acquired);
        Assert.Equal(2, second.Epoch);
        Assert.False(first.IsStillOurs());
        Assert.False(first.Heartbeat());
        first.Release();
        Assert.True(second.IsStillOurs());
        Assert.False(first.TryAcquire().Acquired);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    [InlineData(100_000)]
    public void Wall_clocks_that_differ_by_minutes_neither_hasten_nor_delay_a_takeover(int minutes)
    {
        var standbyClock = new LeaseClock { WallClockError = TimeSpan.FromMinutes(minutes) };
        var (holder, standby) = (Lease(), new LearnerLease(_state.Root, OtherHost, Expiry, standbyClock));
        holder.TryAcquire();
        Assert.Equal(Expiry, standby.TryAcquire().Remaining);
        standbyClock.Advance(Expiry - TimeSpan.FromTicks(1));
        // A correction of either wall clock is no time that has passed.
        _clock.WallClockError = TimeSpan.FromMinutes(-minutes);
        standbyClock.WallClockError = TimeSpan.FromMinutes(-2 * minutes);
        Assert.Equal(TimeSpan.FromTicks(1), standby.TryAcquire().Remaining);
        Assert.True(holder.Heartbeat());
        Assert.Equal(Expiry, standby.TryAcquire().Remaining);
        standbyClock.Advance(Expiry);
        Assert.True(standby.TryAcquire().Acquired);
        Assert.False(holder.Heartbeat());
    }

    [Fact]
    public void A_released_lease_is_free_at_once()
    {
        var (first, second) = (Lease(), Lease());
        first.TryAcquire();
        first.Release();
        Assert.False(first.IsStillOurs());
        Assert.True(second.TryAcquire().Acquired);
        Assert.Equal(2, second.Epoch);
    }

    [Fact]
    public void Does_not_wait_for_a_holder_that_has_certainly_ended()
    {
        var self = LeaseOwner.ThisProcess();
        Assert.False(self.IsGone());
        Assert.False(OtherHost.IsGone());
        var exited = self with { StartTicks = self.StartTicks + 1 };
        new LearnerLease(_state.Root, exited, Expiry, _clock).TryAcquire();
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Only Linux identifies a process across restarts of the machine.");
        Assert.True(Lease().TryAcquire().Acquired);
    }

    [Fact]
    public void Taking_over_succeeds_while_the_holder_is_running()
    {
        var leases = Enumerable.Range(0, 20).Select(_ => Lease()).ToArray();
        foreach (var lease in leases)
            lease.TakeOver();
        Assert.Equal(Enumerable.Range(1, 20).Select(e => (long)e), leases.Select(l => l.Epoch));
        Assert.Equal([leases[^1]], leases.Where(l => l.IsStillOurs()));
    }

    [Fact]
    public void Concurrent_takeovers_never_share_an_epoch()
    {
        var leases = Enumerable.Range(0, 4).Select(_ => Lease()).ToArray();
        var epochs = new System.Collections.Concurrent.ConcurrentBag<long>();
        Parallel.ForEach(leases, lease =>
        {
            for (var i = 0; i < 25; i++)
                epochs.Add(lease.TakeOver());
        });
        Assert.Equal(Enumerable.Range(1, 100).Select(e => (long)e), epochs.Order());
        Assert.Single(leases, l => l.IsStillOurs());
    }

    [Fact]
    public void The_epoch_is_above_every_checkpoint_even_if_the_file_is_missing()
    {
        StateFolder.Write(_state.Open(), epoch: 41);
        var lease = Lease();
        lease.TryAcquire();
        Assert.Equal(42, lease.Epoch);
    }

    [Fact]
    public void Does_not_acquire_while_another_process_holds_the_lock()
    {
        using (FolderLock.Take(_state.Root))
            Assert.False(Lease().TryAcquire().Acquired);
        Assert.True(Lease().TryAcquire().Acquired);
    }

    [Fact]
    public void A_damaged_epoch_file_stops_the_start_with_a_remedy()
    {
        Lease().TryAcquire();
        var path = EpochFile.PathIn(_state.Root);
        var original = File.ReadAllBytes(path);
        for (var i = 0; i < original.Length; i++)
        {
            var copy = original.ToArray();
            copy[i] ^= 1;
            File.WriteAllBytes(path, copy);
            Assert.Contains("delete the file", Assert.Throws<DamagedEpochFileException>(() => Lease().TryAcquire()).Message, StringComparison.Ordinal);
            File.WriteAllBytes(path, original[..i]);
            Assert.Throws<DamagedEpochFileException>(() => Lease().IsStillOurs());
        }
    }

    [Fact]
    public void An_epoch_near_the_maximum_is_refused_with_the_name_of_the_file()
    {
        Lease().TryAcquire();
        EpochFile.Write(_state.Root, EpochFile.Read(_state.Root)! with { Epoch = long.MaxValue, Released = true });
        Assert.Contains("epoch.json", Assert.Throws<DamagedEpochFileException>(() => Lease().TryAcquire()).Message, StringComparison.Ordinal);
        File.Delete(EpochFile.PathIn(_state.Root));
        Directory.CreateDirectory(Path.Combine(_state.Root, "checkpoint-9223372036854775807-000000001"));
        Assert.Contains("checkpoint-9223372036854775807-000000001", Assert.Throws<DamagedEpochFileException>(() => Lease().TakeOver()).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(EpochFile.PathIn(_state.Root)));
    }

    private LearnerLease Lease() => new(_state.Root, OtherHost, Expiry, _clock);
}
