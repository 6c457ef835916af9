using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Snapshots;
using TorchSharp;

namespace HnmStreams.Pipeline.Tests.Publishing;

public sealed class VersionScheduleTests
{
    private const int TimeLimit = 60_000;

    static VersionScheduleTests() => TorchLibrary.EnsureLoaded();

    [Fact(Timeout = TimeLimit)]
    public async Task A_batch_waits_for_the_weights_after_the_round_before_the_overlap()
    {
        using var schedule = new VersionSchedule(overlap: 1, [new PublishedVersion(-2, Snapshot(10))]);
        using (var first = await schedule.ForBatchAsync(0).WaitAsync(TestContext.Current.CancellationToken))
            Assert.Equal(10, first.Version);

        var waiting = schedule.ForBatchAsync(2);
        Assert.False(waiting.IsCompleted);
        schedule.Publish(new PublishedVersion(0, Snapshot(11)));
        using (var second = await waiting.WaitAsync(TestContext.Current.CancellationToken))
            Assert.Equal(11, second.Version);
        // The newest weights do not matter: a batch gets those of its own round.
        schedule.Publish(new PublishedVersion(1, Snapshot(12)));
        using var again = await schedule.ForBatchAsync(2).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(11, again.Version);
    }

    [Fact]
    public void Releases_weights_that_no_batch_needs_any_more()
    {
        var first = Snapshot(10);
        using var schedule = new VersionSchedule(overlap: 1, [new PublishedVersion(-2, first)]);
        schedule.Publish(new PublishedVersion(0, Snapshot(11)));
        schedule.Publish(new PublishedVersion(1, Snapshot(12)));
        Assert.Throws<ObjectDisposedException>(() => first.Tensors);
        var captured = schedule.Capture();
        Assert.Equal([11L, 12], captured.Select(v => v.Snapshot.Version));
        foreach (var version in captured)
            version.Snapshot.Dispose();
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Fails_the_batches_that_still_wait_when_the_learner_ends()
    {
        var schedule = new VersionSchedule(overlap: 0, [new PublishedVersion(-1, Snapshot(1))]);
        var waiting = schedule.ForBatchAsync(5);
        schedule.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => schedule.ForBatchAsync(0));
    }

    private static ModelSnapshot Snapshot(long version) =>
        new(version, new Dictionary<string, torch.Tensor>(StringComparer.Ordinal) { ["w"] = torch.tensor((float)version).DetachFromDisposeScope() });
}
