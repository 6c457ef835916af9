using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Leases;
using HnmStreams.Pipeline.Checkpointing.ObjectStore;
using HnmStreams.Pipeline.Tests.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Tests.Checkpointing.ObjectStore;

public sealed class ObjectArchiveTests : IDisposable
{
    private readonly MemoryObjectStore _store = new();
    private readonly LeaseClock _clock = new();
    private readonly List<ArchivedLearner> _learners = [];

    public void Dispose() => _learners.ForEach(l => l.Dispose());

    [Fact(Timeout = 60_000)]
    public async Task A_learner_with_an_empty_folder_continues_from_the_newest_checkpoint()
    {
        var first = await StartAsync();
        for (var i = 0; i < 5; i++)
            first.Written();
        var second = await TakeOverAsync();
        second.AssertHas(new CheckpointId(1, 5));
        Assert.Equal(new CheckpointId(2, 6), second.Written());
        second.AssertHas(new CheckpointId(2, 6));
        var third = await TakeOverAsync();
        third.AssertHas(new CheckpointId(2, 6));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_replaced_learner_publishes_nothing_even_if_its_upload_is_complete()
    {
        var first = await StartAsync();
        first.Written();
        var second = Learner();
        Assert.False((await second.Archive.TryAcquireAsync(1, Stop)).Acquired);
        var isTaken = false;
        _store.BeforeWrite = async key =>
        {
            if (key != ObjectNames.Lease || isTaken)
                return;
            // All files of the checkpoint and its manifest are uploaded. Now the standby takes over.
            isTaken = true;
            Assert.Contains(ObjectNames.Manifest(new CheckpointId(1, 2)), _store.Keys);
            _clock.Advance(TimeSpan.FromMinutes(1));
            Assert.True((await second.Archive.TryAcquireAsync(1, Stop)).Acquired);
        };
        Assert.Throws<StaleEpochException>(() => first.Write());
        Assert.True(isTaken);
        Assert.Equal(["checkpoint-000001-000000001"], Entries(first));
        await second.StartAsync();
        second.AssertHas(new CheckpointId(1, 1));
        Assert.Equal(new CheckpointId(2, 2), second.Written());
        Assert.DoesNotContain(_store.Keys, k => k.StartsWith("checkpoint-000001-000000002", StringComparison.Ordinal));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task A_torn_upload_leaves_the_earlier_checkpoint_and_its_rest_is_deleted_later(int writes)
    {
        var first = await StartAsync();
        first.Written();
        var left = writes;
        _store.BeforeWrite = _ => left-- == 0 ? throw MemoryObjectStore.Unreachable() : Task.CompletedTask;
        var failed = Assert.IsType<CheckpointFailure>(first.Write());
        Assert.Contains("memory://bucket/prefix/", failed.ToString(), StringComparison.Ordinal);
        Assert.Equal(["checkpoint-000001-000000001"], Entries(first));
        _store.BeforeWrite = _ => Task.CompletedTask;

        // The failed attempt keeps its number.
        Assert.Equal(new CheckpointId(1, 3), first.Written());
        Assert.DoesNotContain(_store.Keys, k => k.StartsWith("checkpoint-000001-000000002", StringComparison.Ordinal));
        first.AssertHas(new CheckpointId(1, 3));
        (await TakeOverAsync()).AssertHas(new CheckpointId(1, 3));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_checkpoint_whose_publication_was_not_answered_is_published()
    {
        var first = await StartAsync();
        first.Written();
        _store.AfterConditionalWrite = _ => throw MemoryObjectStore.Unreachable();
        Assert.IsType<CheckpointFailure>(first.Write());
        _store.AfterConditionalWrite = _ => { };
        Assert.Null(await first.Archive.RenewAsync(released: false, Stop));
        Assert.Equal(new CheckpointId(1, 3), first.Written());
        Assert.Equal([new CheckpointId(1, 3), new CheckpointId(1, 2), new CheckpointId(1, 1)], first.Archive.Published);
        _store.Remove(ObjectNames.Manifest(new CheckpointId(1, 3)));
        (await TakeOverAsync()).AssertHas(new CheckpointId(1, 2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Keeps_the_newest_checkpoints_and_deletes_the_others()
    {
        var learner = await StartAsync(keep: 2);
        for (var i = 0; i < 6; i++)
            learner.Written();
        Assert.Equal(
            ["checkpoint-000001-000000005", "checkpoint-000001-000000006"],
            _store.Keys.Where(k => k.StartsWith(ObjectNames.CheckpointPrefix, StringComparison.Ordinal)).Select(k => k[..k.IndexOf('/', StringComparison.Ordinal)]).Distinct());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_damaged_checkpoint_is_skipped_for_the_one_before()
    {
        var first = await StartAsync();
        for (var i = 0; i < 4; i++)
            first.Written();
        // The fourth has a changed byte, the third lacks a byte range.
        _store.Change("checkpoint-000001-000000004/weights.safetensors/000002", b => [.. b[..^1], (byte)(b[^1] ^ 1)]);
        _store.Remove("checkpoint-000001-000000003/weights.safetensors/000004");
        var second = await TakeOverAsync();
        second.AssertHas(new CheckpointId(1, 2));
        Assert.Equal(new CheckpointId(2, 5), second.Written());
        second.AssertHas(new CheckpointId(2, 5));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_shared_file_is_uploaded_once_per_learner_and_deleted_with_its_last_checkpoint()
    {
        var first = await StartAsync(keep: 2);
        byte[] content = [.. Enumerable.Range(0, 2_500).Select(i => (byte)i)];
        for (var i = 0; i < 3; i++)
            first.Written(first.Fixed("000007.sst", content));
        Assert.Equal(3, _store.Uploads.Count(k => k.Contains("000007.sst", StringComparison.Ordinal)));
        Assert.Equal(3, Shared().Length);

        var second = await TakeOverAsync(keep: 2);
        using (var loaded = second.Files.LoadNewest().Found!)
            Assert.Equal(content, StateFolder.Read(loaded, "000007.sst"));
        second.Written(second.Fixed("000007.sst", content));
        Assert.Equal(6, Shared().Length);
        second.Written();
        second.Written();
        Assert.Empty(Shared());

        string[] Shared() => [.. _store.Keys.Where(k => k.StartsWith(ObjectNames.SharedPrefix, StringComparison.Ordinal))];
    }

    [Fact(Timeout = 60_000)]
    public async Task A_replaced_learner_deletes_nothing_that_its_successor_needs()
    {
        var first = await StartAsync(keep: 1);
        byte[] content = [1, 2, 3];
        first.Written(first.Fixed("a.sst", content));
        var second = await TakeOverAsync(keep: 1);
        var id = second.Written(second.Fixed("a.sst", content));
        await first.Archive.RemoveUnpublishedAsync(Stop);
        (await TakeOverAsync(keep: 1)).AssertHas(id);
    }

    [Fact(Timeout = 60_000)]
    public async Task Checkpoints_of_the_folder_count_until_one_is_published()
    {
        var learner = Learner();
        new CheckpointFolder(learner.Root, new CheckpointingOptions(), TimeProvider.System).Write(StateFolder.Content(new CheckpointId(1, 1)));
        await learner.StartAsync();
        learner.AssertHas(new CheckpointId(1, 1));
        Assert.Equal(new CheckpointId(1, 2), learner.Written());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_checkpoint_of_the_folder_that_differs_from_the_published_one_is_set_aside()
    {
        (await StartAsync()).Written();
        var other = Learner();
        var local = new CheckpointFolder(other.Root, new CheckpointingOptions(), TimeProvider.System);
        local.Write(StateFolder.Content(new CheckpointId(1, 1), new CheckpointPart("other", s => s.WriteByte(1))));
        local.Write(StateFolder.Content(new CheckpointId(1, 9)));
        await TakeOverAsync(other);
        other.AssertHas(new CheckpointId(1, 1));
        Assert.Equal(2, Entries(other).Count(e => e.StartsWith("unpublished-", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_checkpoint_of_another_format_is_refused()
    {
        var first = await StartAsync();
        first.Written();
        _store.Change(ObjectNames.Manifest(new CheckpointId(1, 1)), _ => SealedJson.Seal("{\"format\":1}"u8));
        var second = await TakeOverAsync();
        Assert.Contains("format 1", Assert.Throws<InvalidDataException>(() => second.Files.LoadNewest()).Message, StringComparison.Ordinal);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string[] Entries(ArchivedLearner learner) => [.. Directory.EnumerateDirectories(learner.Root).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)];

    private ArchivedLearner Learner(int keep = 3)
    {
        var learner = new ArchivedLearner(_store, _clock, keep);
        _learners.Add(learner);
        return learner;
    }

    private async Task<ArchivedLearner> StartAsync(int keep = 3)
    {
        var learner = Learner(keep);
        await learner.StartAsync();
        return learner;
    }

    private Task<ArchivedLearner> TakeOverAsync(int keep = 3) => TakeOverAsync(Learner(keep));

    private async Task<ArchivedLearner> TakeOverAsync(ArchivedLearner learner)
    {
        Assert.False((await learner.Archive.TryAcquireAsync(1, Stop)).Acquired);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await learner.StartAsync();
        return learner;
    }
}
