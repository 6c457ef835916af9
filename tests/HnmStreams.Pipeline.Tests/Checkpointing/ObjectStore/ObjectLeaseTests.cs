using System.Text;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Leases;
using HnmStreams.Pipeline.Checkpointing.ObjectStore;
using HnmStreams.Pipeline.Tests.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Tests.Checkpointing.ObjectStore;

public sealed class ObjectLeaseTests
{
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(30);
    private static readonly LeaseOwner OtherHost = new("other-host", 7, DateTimeOffset.UnixEpoch, "", 0);
    private readonly MemoryObjectStore _store = new();
    private readonly LeaseClock _clock = new();

    [Fact(Timeout = 60_000)]
    public async Task The_first_learner_gets_epoch_one_and_the_second_waits()
    {
        var (first, second) = (Lease(), Lease());
        Assert.True((await AcquireAsync(first)).Acquired);
        Assert.True((await AcquireAsync(first)).Acquired);
        Assert.Equal(1, first.Epoch);
        var attempt = await AcquireAsync(second);
        Assert.Equal((false, 1L, OtherHost, Expiry), (attempt.Acquired, attempt.Holder!.Epoch, attempt.Holder.Owner, attempt.Remaining));
        Assert.Null(await first.RenewAsync(released: false, Stop));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_standby_takes_over_after_the_expiry_without_a_heartbeat_and_not_before()
    {
        var (first, second) = (Lease(), Lease());
        await AcquireAsync(first);
        await AcquireAsync(second);
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(Expiry - TimeSpan.FromTicks(1));
            Assert.False((await AcquireAsync(second)).Acquired);
            Assert.Null(await first.RenewAsync(released: false, Stop));
            Assert.Equal(Expiry, (await AcquireAsync(second)).Remaining);
        }

        _clock.Advance(Expiry);
        Assert.True((await AcquireAsync(second)).Acquired);
        Assert.Equal(2, second.Epoch);
        Assert.Equal(2, (await first.RenewAsync(released: false, Stop))!.Epoch);
        Assert.Equal(2, (await first.PublishAsync(new CheckpointId(1, 1), 3, Stop))!.Epoch);
        Assert.Empty(second.Published);
        Assert.Equal(2, (await first.RenewAsync(released: true, Stop))!.Epoch);
        Assert.Null(await second.RenewAsync(released: false, Stop));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(-10)]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task Wall_clocks_that_differ_by_minutes_neither_hasten_nor_delay_a_takeover(int minutes)
    {
        var standbyClock = new LeaseClock { WallClockError = TimeSpan.FromMinutes(minutes) };
        var (holder, standby) = (Lease(), new ObjectLease(_store, OtherHost, Expiry, standbyClock));
        await AcquireAsync(holder);
        Assert.Equal(Expiry, (await AcquireAsync(standby)).Remaining);
        standbyClock.Advance(Expiry - TimeSpan.FromTicks(1));
        // A correction of either wall clock is no time that has passed.
        _clock.WallClockError = TimeSpan.FromMinutes(-minutes);
        standbyClock.WallClockError = TimeSpan.FromMinutes(-2 * minutes);
        Assert.Equal(TimeSpan.FromTicks(1), (await AcquireAsync(standby)).Remaining);
        Assert.Null(await holder.RenewAsync(released: false, Stop));
        Assert.Equal(Expiry, (await AcquireAsync(standby)).Remaining);
        standbyClock.Advance(Expiry);
        Assert.True((await AcquireAsync(standby)).Acquired);
        Assert.Equal(2, (await holder.RenewAsync(released: false, Stop))!.Epoch);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_released_lease_is_free_at_once_and_keeps_the_published_checkpoints()
    {
        var (first, second) = (Lease(), Lease());
        await AcquireAsync(first);
        for (var sequence = 1; sequence <= 5; sequence++)
            Assert.Null(await first.PublishAsync(new CheckpointId(1, sequence), 3, Stop));
        Assert.Null(await first.RenewAsync(released: true, Stop));
        Assert.True((await AcquireAsync(second)).Acquired);
        Assert.Equal([new CheckpointId(1, 5), new CheckpointId(1, 4), new CheckpointId(1, 3)], second.Published);
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_learners_that_compete_for_a_free_lease_one_gets_it()
    {
        var leases = Enumerable.Range(0, 8).Select(_ => Lease()).ToArray();
        var attempts = await Task.WhenAll(leases.Select(l => Task.Run(() => AcquireAsync(l))));
        Assert.Single(attempts, a => a.Acquired);
        Assert.Equal(1, leases[Array.FindIndex(attempts, a => a.Acquired)].Epoch);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_write_whose_answer_is_lost_is_found_by_the_next_one()
    {
        var lease = Lease();
        _store.AfterConditionalWrite = key => throw (key == ObjectNames.Lease ? MemoryObjectStore.Unreachable() : new InvalidOperationException(key));
        await Assert.ThrowsAsync<CheckpointArchiveException>(() => AcquireAsync(lease));
        _store.AfterConditionalWrite = _ => { };
        Assert.True((await AcquireAsync(lease)).Acquired);
        Assert.Equal(1, lease.Epoch);

        _store.AfterConditionalWrite = _ => throw MemoryObjectStore.Unreachable();
        await Assert.ThrowsAsync<CheckpointArchiveException>(() => lease.PublishAsync(new CheckpointId(1, 1), 3, Stop));
        _store.AfterConditionalWrite = _ => { };
        Assert.Empty(lease.Published);
        Assert.Null(await lease.RenewAsync(released: false, Stop));
        Assert.Equal([new CheckpointId(1, 1)], lease.Published);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_epoch_is_at_least_the_given_one_and_above_every_checkpoint_even_if_the_object_is_missing()
    {
        var first = Lease();
        await first.TryAcquireAsync(minEpoch: 41, Stop);
        Assert.Equal(41, first.Epoch);
        await _store.UploadAsync(ObjectNames.Manifest(new CheckpointId(41, 7)), new MemoryStream([1]), Stop);
        await _store.UploadAsync("checkpoint-000041-000000008/pool.bin/000000", new MemoryStream([1]), Stop);
        _store.Remove(ObjectNames.Lease);
        var second = Lease();
        Assert.True((await AcquireAsync(second)).Acquired);
        Assert.Equal(42, second.Epoch);
        Assert.Equal([new CheckpointId(41, 7)], second.Published);
        Assert.Equal(42, (await first.RenewAsync(released: false, Stop))!.Epoch);
    }

    [Fact(Timeout = 60_000)]
    public async Task Creates_a_deleted_object_again_if_no_other_learner_was_faster()
    {
        var lease = Lease();
        await AcquireAsync(lease);
        await lease.PublishAsync(new CheckpointId(1, 1), 3, Stop);
        _store.Remove(ObjectNames.Lease);
        Assert.Null(await lease.RenewAsync(released: false, Stop));
        Assert.Equal([new CheckpointId(1, 1)], lease.Published);
        Assert.False((await AcquireAsync(Lease())).Acquired);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"xxh3\":\"0000000000000000\",\"content\":{}}\n")]
    public async Task A_damaged_object_is_refused_with_a_remedy(string content)
    {
        await AcquireAsync(Lease());
        _store.Change(ObjectNames.Lease, _ => Encoding.UTF8.GetBytes(content));
        var error = await Assert.ThrowsAsync<CheckpointArchiveException>(() => AcquireAsync(Lease()));
        Assert.Contains("memory://bucket/prefix/lease.json is damaged", error.Message, StringComparison.Ordinal);
        Assert.Contains("delete the object", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_ignores_conditions_is_refused()
    {
        _store.IgnoresConditions = true;
        var error = await Assert.ThrowsAsync<CheckpointArchiveException>(() => AcquireAsync(Lease()));
        Assert.Contains("must support conditional writes but ignores If-None-Match", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(ObjectNames.Lease, _store.Keys);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<LeaseAttempt> AcquireAsync(ObjectLease lease) => lease.TryAcquireAsync(minEpoch: 1, Stop);

    private ObjectLease Lease() => new(_store, OtherHost, Expiry, _clock);
}
