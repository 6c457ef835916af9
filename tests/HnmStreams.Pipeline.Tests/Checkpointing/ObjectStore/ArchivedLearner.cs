using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Leases;
using HnmStreams.Pipeline.Checkpointing.ObjectStore;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Tests.Checkpointing.ObjectStore;

/// <summary>A learner on a separate machine: a folder and an archive, without heartbeats by time.</summary>
internal sealed class ArchivedLearner : IDisposable
{
    private readonly StateFolder _state = new();
    private readonly CheckpointingOptions _options;

    public ArchivedLearner(IObjectStore store, TimeProvider clock, int keep = 3, long rangeBytes = 1_000)
    {
        _options = new CheckpointingOptions { Keep = keep, PartBytes = 1 << 20 };
        Archive = new ObjectArchive(store, _options, new LeaseOwner("host", 7, DateTimeOffset.UnixEpoch, "", 0), clock, rangeBytes);
        Files = new CheckpointFolder(Root, _options, TimeProvider.System) { Archive = Archive, FreeBytes = _ => null };
    }

    public string Root => _state.Root;

    public ObjectArchive Archive { get; }

    public CheckpointFolder Files { get; }

    /// <summary>Acquires the lease and downloads the newest checkpoint.</summary>
    public async Task StartAsync()
    {
        Assert.True((await Archive.TryAcquireAsync(1, TestContext.Current.CancellationToken)).Acquired);
        await new ArchiveDownload(Archive, Root, _options, TimeProvider.System, NullLogger.Instance).RunAsync(TestContext.Current.CancellationToken);
    }

    public CheckpointOutcome Write(params CheckpointPart[] more) => Files.Write(StateFolder.Content(Files.NextId(Archive.Epoch), more));

    public CheckpointId Written(params CheckpointPart[] more) => Assert.IsType<CheckpointWritten>(Write(more)).Checkpoint.Id;

    /// <summary>Returns a part whose file never changes, as those of the waiting store.</summary>
    public CheckpointPart Fixed(string name, byte[] content)
    {
        var path = Path.Combine(Root, $".waiting-{name}");
        if (!File.Exists(path))
            File.WriteAllBytes(path, content);
        return new CheckpointPart(name, s => s.Write(content)) { Fixed = new FixedFile(path, null, _ => { }) };
    }

    public void AssertHas(CheckpointId id)
    {
        using var loaded = Files.LoadNewest().Found;
        StateFolder.AssertIsIntact(loaded, id);
    }

    public void Dispose() => _state.Dispose();
}
