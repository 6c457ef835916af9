using Akka.Actor;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Leases;
using HnmStreams.Pipeline.Checkpointing.ObjectStore;
using HnmStreams.Pipeline.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Checkpointing.ObjectStore;

/// <summary>Tests of learners with separate folders and one archive.</summary>
public sealed class ArchiveStoreTests : IAsyncLifetime
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);
    private readonly ActorSystem _actors = ActorSystem.Create("archive");
    private readonly string _folders = Directory.CreateTempSubdirectory("hnm-archive-").FullName;
    private readonly MemoryObjectStore _objects = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        Directory.Delete(_folders, recursive: true);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_learner_on_another_machine_resumes_the_whole_state()
    {
        var options = Options();
        var stream = Stream.Examples(3_000).ToList();
        (long Steps, int Pool) before;
        await using (var run = await StartAsync("a", options))
        {
            run.Send(stream, 0, 2_000);
            await run.UntilAsync(s => s.Ranking.Stream.Consumed == 2_000 && s.Training.Steps > 0);
            Assert.Equal(1, (await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken)).Written);
            before = (run.Pipeline.Status.Training.Steps, run.Pipeline.Status.Ranking.Pool.Count);
        }

        Directory.Delete(Path.Combine(_folders, "a"), recursive: true);
        await using var next = await StartAsync("b", options);
        Assert.Equal((2_000L, 2_000L), (next.From, next.Pipeline.Status.Ranking.Stream.Consumed));
        Assert.InRange(next.Pipeline.Status.Training.Steps, 1, before.Steps);
        Assert.Equal(before.Pool, next.Pipeline.Status.Ranking.Pool.Count);
        next.Send(stream, 2_000, 3_000);
        await next.UntilAsync(s => s.Ranking.Stream.Consumed == 3_000);
        Assert.Equal(1, (await next.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken)).Written);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_standby_waits_and_takes_over_when_the_learner_ends()
    {
        var first = await OpenAsync("a");
        var holders = new List<string>();
        var waiting = new TaskCompletionSource();
        var opening = OpenAsync("b", holder =>
        {
            holders.Add(holder);
            waiting.TrySetResult();
        });
        await waiting.Task.WaitAsync(Wait, TestContext.Current.CancellationToken);
        Assert.False(opening.IsCompleted);
        await first.DisposeAsync();
        await using var second = await opening.WaitAsync(Wait, TestContext.Current.CancellationToken);
        Assert.Equal((1L, 2L), (first.Epoch, second.Epoch));
        Assert.Contains("has the lease (epoch 1)", Assert.Single(holders), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_learner_that_was_replaced_in_the_store_stops()
    {
        await using var first = await OpenAsync("a");
        _objects.Remove(ObjectNames.Lease);
        var lease = new ObjectLease(_objects, new LeaseOwner("other", 7, DateTimeOffset.UnixEpoch, "", 0), TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!(await lease.TryAcquireAsync(9, TestContext.Current.CancellationToken)).Acquired)
            _objects.Remove(ObjectNames.Lease);
        var error = await Assert.ThrowsAnyAsync<SupersededException>(() => first.Superseded.WaitAsync(Wait, TestContext.Current.CancellationToken));
        Assert.Contains("epoch 9 belongs to process 7 on other", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_epoch_continues_above_that_of_the_folder()
    {
        await using (var alone = await CheckpointStore.OpenAsync(Path.Combine(_folders, "a"), Lease(), _ => { }, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken))
            Assert.Equal(1, alone.Epoch);
        await using (var archived = await OpenAsync("a"))
            Assert.Equal(2, archived.Epoch);
        await using var other = await OpenAsync("b");
        Assert.Equal(3, other.Epoch);
    }

    private static CheckpointingOptions Lease() => new() { LeaseExpiry = TimeSpan.FromSeconds(1) };

    private static PipelineOptions Options()
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 5 };
        options.Batching.Size = 100;
        options.Evaluation.HeldOutShare = 0;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        return options;
    }

    private Task<DurableRun> StartAsync(string folder, PipelineOptions options) => DurableRun.StartAsync(
        _actors, Path.Combine(_folders, folder), Stream.Task, options, archive: new ObjectArchive(_objects, options.Checkpointing, TimeProvider.System));

    private Task<CheckpointStore> OpenAsync(string folder, Action<string>? waiting = null) => CheckpointStore.OpenAsync(
        Path.Combine(_folders, folder), Lease(), waiting ?? (_ => { }), TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken, new ObjectArchive(_objects, Lease(), TimeProvider.System));
}
