using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Checkpointing.ObjectStore;

/// <summary>Lease and checkpoints in an object store. README.md has the layout and the order of writes.</summary>
/// <remarks>The owner disposes it after the <see cref="CheckpointStore"/> that uses it.</remarks>
public sealed class ObjectArchive : CheckpointArchive, IDisposable
{
    private readonly IObjectStore _store;
    private readonly CheckpointingOptions _options;
    private readonly ObjectLease _lease;
    private readonly ArchivedParts _parts;
    // The prefixes of the shared parts of each published checkpoint; null if its manifest cannot be read.
    private readonly Dictionary<CheckpointId, IReadOnlyList<string>?> _sharedBy = [];
    private long _attempted;

    public ObjectArchive(IObjectStore store, CheckpointingOptions options, TimeProvider time)
        : this(store, options, LeaseOwner.ThisProcess(), time)
    {
    }

    internal ObjectArchive(IObjectStore store, CheckpointingOptions options, LeaseOwner owner, TimeProvider time, long rangeBytes = ArchivedParts.DefaultRangeBytes)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        (_store, _options) = (store, options);
        _lease = new ObjectLease(store, owner, options.LeaseExpiry, time);
        _parts = new ArchivedParts(store, rangeBytes);
    }

    public override string Location => _store.Location;

    internal override long Epoch => _lease.Epoch;

    internal override IReadOnlyList<CheckpointId> Published => _lease.Published;

    internal override long LastSequence => Math.Max(_attempted, Published.Select(p => p.Sequence).DefaultIfEmpty(0).Max());

    internal override Task<LeaseAttempt> TryAcquireAsync(long minEpoch, CancellationToken cancellationToken) => _lease.TryAcquireAsync(minEpoch, cancellationToken);

    internal override Task<LeaseRecord?> RenewAsync(bool released, CancellationToken cancellationToken) => _lease.RenewAsync(released, cancellationToken);

    internal override async Task PublishAsync(string folder, CheckpointManifest manifest, CancellationToken cancellationToken)
    {
        var id = manifest.Id;
        _attempted = Math.Max(_attempted, id.Sequence);
        foreach (var part in manifest.Parts)
            await _parts.UploadAsync(Path.Combine(folder, part.Name), ObjectNames.Part(id, part), part, cancellationToken);
        await using (var file = File.OpenRead(Path.Combine(folder, CheckpointNames.Manifest)))
            await _store.UploadAsync(ObjectNames.Manifest(id), file, cancellationToken);

        if (await _lease.PublishAsync(id, _options.Keep, cancellationToken) is { } other)
            throw new StaleEpochException(_lease.Epoch, other);
        _sharedBy[id] = SharedBy(manifest);
    }

    internal override async Task<IReadOnlyList<DamagedCheckpoint>> RemoveUnpublishedAsync(CancellationToken cancellationToken)
    {
        var published = Published;
        var failed = new List<DamagedCheckpoint>();
        try
        {
            var needed = await NeededAsync(published, cancellationToken);
            foreach (var key in await ListAsync(cancellationToken))
            {
                if (ObjectNames.EpochOf(key) <= _lease.Epoch && !needed.Any(n => key.StartsWith(n, StringComparison.Ordinal)))
                    await _parts.DeleteAsync(key, cancellationToken);
            }
        }
        catch (CheckpointArchiveException e)
        {
            failed.Add(new DamagedCheckpoint($"{Location}{ObjectNames.CheckpointPrefix}*", e.Message));
        }

        return failed;
    }

    internal override async Task<bool> MatchesAsync(CheckpointId id, string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, CheckpointNames.Manifest);
        return File.Exists(path)
            && await ReadManifestAsync(id, cancellationToken) is { } published
            && published.AsSpan().SequenceEqual(DurableFile.Read(path, CheckpointManifest.MaxBytes));
    }

    internal override async Task DownloadAsync(CheckpointId id, string root, CancellationToken cancellationToken)
    {
        var bytes = await ReadManifestAsync(id, cancellationToken) ?? throw new InvalidDataException($"{Location}{ObjectNames.Manifest(id)} is missing");
        var work = Path.Combine(root, CheckpointNames.Writing(id));
        Directory.CreateDirectory(work);
        try
        {
            foreach (var part in PartsOf(bytes, id))
                await _parts.DownloadAsync(ObjectNames.Part(id, part), part, Path.Combine(work, part.Name), cancellationToken);
            DurableFile.Create(Path.Combine(work, CheckpointNames.Manifest), bytes);
            DurableFile.FlushDirectory(work);
            Directory.Move(work, Path.Combine(root, CheckpointNames.Folder(id)));
        }
        catch
        {
            Directory.Delete(work, recursive: true);
            throw;
        }

        DurableFile.FlushDirectory(root);
    }

    public void Dispose() => _lease.Dispose();

    // The manifest alone is enough for a checkpoint of another format: its reader then reports the format with the remedy.
    private IReadOnlyList<PartEntry> PartsOf(byte[] manifest, CheckpointId id)
    {
        try
        {
            return CheckpointManifest.FromFile(manifest, id, _options.PartBytes).Parts;
        }
        catch (CheckpointFormatException)
        {
            return [];
        }
    }

    private async Task<byte[]?> ReadManifestAsync(CheckpointId id, CancellationToken cancellationToken) =>
        (await _store.ReadAsync(ObjectNames.Manifest(id), CheckpointManifest.MaxBytes, cancellationToken))?.Content.ToArray();

    private async Task<IEnumerable<string>> ListAsync(CancellationToken cancellationToken) =>
        (await _store.ListAsync(ObjectNames.CheckpointPrefix, cancellationToken)).Concat(await _store.ListAsync(ObjectNames.SharedPrefix, cancellationToken));

    private async Task<IReadOnlyList<string>> NeededAsync(IReadOnlyList<CheckpointId> published, CancellationToken cancellationToken)
    {
        foreach (var gone in _sharedBy.Keys.Except(published).ToArray())
            _sharedBy.Remove(gone);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in published)
        {
            if (!_sharedBy.TryGetValue(id, out var shared))
                _sharedBy[id] = shared = await ReadSharedAsync(id, cancellationToken);
            needed.Add(ObjectNames.Checkpoint(id));
            needed.UnionWith(shared ?? [ObjectNames.Shared(id.Epoch)]);
        }

        return [.. needed];
    }

    private async Task<IReadOnlyList<string>?> ReadSharedAsync(CheckpointId id, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadManifestAsync(id, cancellationToken) is { } bytes ? SharedBy(CheckpointManifest.FromFile(bytes, id, _options.PartBytes)) : null;
        }
        catch (Exception e) when (e is InvalidDataException or CheckpointFormatException)
        {
            return null;
        }
    }

    private static string[] SharedBy(CheckpointManifest manifest) => [.. manifest.Parts.Where(p => p.IsLinked).Select(p => ObjectNames.Part(manifest.Id, p))];
}
