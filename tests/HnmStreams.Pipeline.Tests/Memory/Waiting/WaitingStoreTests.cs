using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Memory.Waiting;

namespace HnmStreams.Pipeline.Tests.Memory.Waiting;

public sealed class WaitingStoreTests
{
    [Fact]
    public void Evicts_those_whose_time_ends_first_and_counts_them()
    {
        using var fixture = new WaitingFixture(new WaitingOptions { Count = 100, WriteBufferBytes = 1 << 20, CacheBytes = 8 << 20 });
        for (var i = 0; i < 150; i++)
        {
            fixture.AddInput($"tx-{i}", i);
            Assert.Empty(fixture.Apply(i));
        }

        for (var i = 0; i < 10; i++)
            fixture.AddLabel($"early-{i}", 1, 0);
        Assert.Empty(fixture.Apply(150));
        var evicted = fixture.Expire(150);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => ExampleKey.Of($"tx-{i}").ToString()), evicted.Select(e => e.Id));
        Assert.All(evicted, e => Assert.True(e is { IsEvicted: true, Kind: WaitingResultKind.Dropped }));
        Assert.Equal((100, 60, 60, 0), (fixture.Store.Status.Count, fixture.Store.Status.EvictedInputs, fixture.Store.Status.Dropped, fixture.Store.Status.EvictedLabels));
    }

    [Fact]
    public void Is_bounded_by_bytes()
    {
        using var fixture = new WaitingFixture(new WaitingOptions { Bytes = 1 << 20, WriteBufferBytes = 1 << 20, CacheBytes = 8 << 20 });
        for (var i = 0; i < 20_000; i++)
            fixture.AddInput($"tx-{i}", i);
        fixture.Apply(0);
        Assert.True(fixture.Store.Status.Bytes > 1 << 20);
        fixture.Expire(0, limit: 100);
        Assert.Equal(19_900, fixture.Store.Status.Count);
        fixture.Expire(0);
        Assert.InRange(fixture.Store.Status.Bytes, (1 << 20) - 1_000, 1 << 20);
    }

    [Fact]
    public void Continues_after_a_restart_where_the_checkpoint_was_made()
    {
        using var fixture = new WaitingFixture(new WaitingOptions { WriteBufferBytes = 1 << 20, CacheBytes = 8 << 20 });
        for (var i = 0; i < 5_000; i++)
            fixture.AddInput($"tx-{i}", i);
        fixture.Apply(0);
        fixture.Save();
        var saved = fixture.Store.Status;

        // Not in the checkpoint, so it happens again after the restart.
        fixture.AddLabel("tx-7", 1, 1);
        Assert.Single(fixture.Apply(1));
        fixture.Restart();
        Assert.Equal(saved, fixture.Store.Status);
        fixture.AddLabel("tx-7", 1, 1);
        fixture.AddLabel("tx-7", 1, 1);
        Assert.Equal(WaitingResultKind.Joined, Assert.Single(fixture.Apply(1)).Kind);

        // The database has changed since; the checkpoint has not.
        for (var i = 0; i < 5_000; i++)
            fixture.AddLabel($"tx-{i}", 0, 2);
        fixture.Apply(2);
        fixture.Restart();
        Assert.Equal(saved, fixture.Store.Status);
    }

    [Fact]
    public void Time_does_not_go_back()
    {
        using var fixture = new WaitingFixture(new WaitingOptions { Timeout = TimeSpan.FromSeconds(10), WriteBufferBytes = 1 << 20, CacheBytes = 8 << 20 });
        fixture.AddInput("a", 1);
        fixture.Apply(100);
        fixture.AddInput("b", 2);
        fixture.Apply(50);
        Assert.Empty(fixture.Expire(109));
        Assert.Equal(2, fixture.Expire(110).Count);
    }
}
