using HnmStreams.Data.Files;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// A checkpoint that is being written, step by step: <see cref="Add"/> for each part, <see cref="Seal"/>,
/// <see cref="Publish"/>. Until the last step, readers ignore its folder, and disposing it removes the folder.
/// </summary>
/// <remarks>One owner, one thread.</remarks>
internal sealed class CheckpointDraft : IDisposable
{
    private readonly string _root;
    private readonly CheckpointId _id;
    private readonly long _maxPartBytes;
    private readonly string _work;
    private readonly List<PartEntry> _parts = [];
    private bool _published;

    public CheckpointDraft(string root, CheckpointId id, long maxPartBytes)
    {
        (_root, _id, _maxPartBytes) = (root, id, maxPartBytes);
        _work = Path.Combine(root, CheckpointNames.Writing(id));
        Directory.CreateDirectory(_work);
    }

    public IReadOnlyList<PartEntry> Parts => _parts;

    /// <summary>The folder of the draft.</summary>
    public string Folder => _work;

    /// <summary>Writes a part and flushes it to the disk.</summary>
    public void Add(CheckpointPart part)
    {
        if (part.Fixed is { } source && TryLink(part.Name, source))
            return;
        using var file = new FileStream(Path.Combine(_work, part.Name), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        using var stream = new ChecksumStream(file, _maxPartBytes);
        part.Write(stream);
        file.Flush(flushToDisk: true);
        _parts.Add(new PartEntry(part.Name, stream.Written, stream.Checksum));
    }

    // A shared file is hashed and flushed with the first checkpoint that has it.
    private bool TryLink(string name, FixedFile source)
    {
        var path = Path.Combine(_work, name);
        if (!HardLink.TryCreate(source.Path, path))
            return false;
        using var file = File.OpenHandle(RegularFile.Required(path), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        if (length > _maxPartBytes)
            throw new IOException($"The part {name} must have at most {_maxPartBytes} bytes (pipeline.checkpointing.partBytes) but has {length}.");
        var checksum = source.Checksum;
        if (checksum is null)
        {
            RandomAccess.FlushToDisk(file);
            source.Hashed(checksum = ChecksumStream.Of(file, length));
        }

        _parts.Add(new PartEntry(name, length, checksum, IsLinked: true));
        return true;
    }

    /// <summary>Writes the manifest as the last file, and flushes all names to the disk.</summary>
    public void Seal(CheckpointManifest manifest)
    {
        var file = manifest.ToFile();
        if (file.Length > CheckpointManifest.MaxBytes)
            throw new ArgumentException($"The manifest must have at most {CheckpointManifest.MaxBytes} bytes but has {file.Length}.", nameof(manifest));
        DurableFile.Create(Path.Combine(_work, CheckpointNames.Manifest), file);
        DurableFile.FlushDirectory(_work);
    }

    /// <summary>Renames the folder to its final name. This is the step that makes it a checkpoint.</summary>
    /// <param name="guard">Called under the folder's lock before the rename. It throws if this learner must not write any more.</param>
    /// <returns>The checkpoint's folder.</returns>
    public string Publish(Action guard)
    {
        var target = Path.Combine(_root, CheckpointNames.Folder(_id));
        using (FolderLock.Take(_root))
        {
            guard();
            Directory.Move(_work, target);
            _published = true;
        }

        DurableFile.FlushDirectory(_root);
        return target;
    }

    public void Dispose()
    {
        if (_published)
            return;
        try
        {
            Directory.Delete(_work, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is recognized by its name and removed before the next checkpoint.
        }
    }
}
