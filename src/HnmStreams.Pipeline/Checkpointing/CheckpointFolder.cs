using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// A folder of checkpoints. Each is written atomically: a kill at any moment leaves the earlier ones unchanged, and the new
/// one either complete or under a name that readers ignore.
/// </summary>
/// <remarks>One writer at a time, any number of readers. README.md has the layout and the order of writes.</remarks>
internal sealed class CheckpointFolder(string root, CheckpointingOptions options, TimeProvider time)
{
    /// <summary>Returns the free bytes of the disk of a folder; null if unknown.</summary>
    public Func<string, long?> FreeBytes { get; init; } = FreeOnDisk;

    /// <summary>The archive in which a checkpoint must be published; null if the folder is the only place.</summary>
    public CheckpointArchive? Archive { get; init; }

    /// <summary>Returns the id of the next checkpoint. Damaged checkpoints keep their numbers.</summary>
    /// <exception cref="IOException">A name in the folder has a sequence number near the maximum.</exception>
    public CheckpointId NextId(long epoch)
    {
        var last = CheckpointNames.Newest(root).DefaultIfEmpty().MaxBy(c => c.Id.Sequence);
        var highest = Math.Max(last.Id.Sequence, Archive?.LastSequence ?? 0);
        return highest < CheckpointNames.MaxSequence
            ? new CheckpointId(epoch, highest + 1)
            : throw new IOException($"The sequence number of {(highest == last.Id.Sequence ? last.Path : Archive!.Location)} must be below {CheckpointNames.MaxSequence} but is {highest}. No learner has written it: move it away.");
    }

    /// <summary>Writes a checkpoint and publishes it in the archive, then deletes those beyond the number to keep. O(bytes); not for a thread of the learner.</summary>
    /// <returns><see cref="CheckpointWritten"/>, or <see cref="CheckpointFailure"/> if the disk is full, or if the disk or the archive fails.</returns>
    /// <exception cref="StaleEpochException">Another learner has taken over, so this one must stop.</exception>
    /// <exception cref="ArgumentException">The content is not valid, or its id is not above those in the folder.</exception>
    public CheckpointOutcome Write(CheckpointContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (Manifest(content, [.. content.Parts.Select(p => new PartEntry(p.Name, 0, ""))]).Validate(content.Id, options.PartBytes) is { } refused)
            throw new ArgumentException($"Checkpoint {content.Id}: {refused}.", nameof(content));

        var path = root;
        try
        {
            Directory.CreateDirectory(root);
            EpochFile.RefuseStale(root, content.Id.Epoch);
            var notRemoved = CheckpointRetention.RemoveLeftovers(root, content.Id.Epoch);
            if (CheckFreeSpace() is { } full)
                return full;

            using var draft = new CheckpointDraft(root, content.Id, options.PartBytes);
            foreach (var part in content.Parts)
            {
                path = Path.Combine(root, CheckpointNames.Folder(content.Id), part.Name);
                draft.Add(part);
            }

            path = Path.Combine(root, CheckpointNames.Folder(content.Id));
            var manifest = Manifest(content, draft.Parts);
            draft.Seal(manifest);
            if (Archive is not null)
            {
                path = Archive.Location;
                PublishInArchive(draft.Folder, manifest);
                path = Path.Combine(root, CheckpointNames.Folder(content.Id));
            }

            var published = draft.Publish(() => RefusePublishing(content.Id));
            notRemoved = [.. notRemoved, .. CheckpointRetention.Apply(root, options.Keep, options.PartBytes), .. RemoveFromArchive()];
            var description = new CheckpointDescription(published, content.Id, manifest, [.. manifest.Parts.Select(p => new PartDescription(p.Name, p.Length, p.Checksum, null))], null);
            return new CheckpointWritten(description, notRemoved);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CheckpointFailure.From(path, e);
        }
    }

    /// <summary>Opens the newest intact checkpoint. Every byte is checked. O(bytes).</summary>
    /// <param name="minEpoch">Checkpoints of earlier epochs are ignored.</param>
    /// <exception cref="InvalidDataException">It was made by another version of this program.</exception>
    public CheckpointSearch LoadNewest(long minEpoch = 0)
    {
        var damaged = new List<DamagedCheckpoint>();
        foreach (var (path, id) in CheckpointNames.Newest(root).Where(c => c.Id.Epoch >= minEpoch))
        {
            var (description, loaded) = CheckpointReader.Open(path, id, options.PartBytes);
            if (loaded is not null)
                return new CheckpointSearch(loaded, damaged);
            if (description.IsOtherFormat)
                throw new InvalidDataException($"Checkpoint {path} cannot be loaded. {description.Damage}");
            damaged.Add(new DamagedCheckpoint(path, description.Reason!));
        }

        return new CheckpointSearch(null, damaged);
    }

    /// <summary>Returns the positions of the oldest checkpoint that may still be loaded; null if none exists.</summary>
    public IReadOnlyList<StreamPosition>? OldestKept() =>
        CheckpointNames.Newest(root).Reverse().Select(c => CheckpointReader.CheckLengths(c.Path, c.Id, options.PartBytes).Manifest)
            .FirstOrDefault(m => m is not null)?.Positions.Select(w => new StreamPosition(w.Topic, w.Partition, w.NextOffset)).ToArray();

    /// <summary>Describes all checkpoints, newest first. Every byte is checked. O(bytes).</summary>
    public IReadOnlyList<CheckpointDescription> Describe()
    {
        var descriptions = new List<CheckpointDescription>();
        foreach (var (path, id) in CheckpointNames.Newest(root))
        {
            var (description, loaded) = CheckpointReader.Open(path, id, options.PartBytes);
            loaded?.Dispose();
            descriptions.Add(description);
        }

        return descriptions;
    }

    private static long? FreeOnDisk(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private CheckpointManifest Manifest(CheckpointContent content, IReadOnlyList<PartEntry> parts) => new(
        CheckpointManifest.CurrentFormat, content.Id.Epoch, content.Id.Sequence, time.GetUtcNow(), content.ModelVersion, content.Positions, content.Settings, parts);

    private CheckpointFailure? CheckFreeSpace() =>
        CheckpointNames.Newest(root) is [var (path, id), ..]
        && CheckpointReader.CheckLengths(path, id, options.PartBytes).Manifest?.WrittenBytes is { } last
        && FreeBytes(root) is { } free && free < last
            ? CheckpointFailure.TooLittleSpace(root, free, last)
            : null;

    // This thread writes files for as long. It has nothing else to do.
    private void PublishInArchive(string folder, CheckpointManifest manifest) => Archive!.PublishAsync(folder, manifest, CancellationToken.None).GetAwaiter().GetResult();

    private IReadOnlyList<DamagedCheckpoint> RemoveFromArchive() => Archive?.RemoveUnpublishedAsync(CancellationToken.None).GetAwaiter().GetResult() ?? [];

    private void RefusePublishing(CheckpointId id)
    {
        EpochFile.RefuseStale(root, id.Epoch);
        if (CheckpointNames.Newest(root) is [var (path, newest), ..] && newest >= id)
            throw new ArgumentException($"Checkpoint {id} is not newer than {path}.", nameof(id));
    }
}
