using System.Globalization;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing.ObjectStore;

/// <summary>
/// The files of checkpoints as objects. A file is stored as byte ranges of bounded size, since a store accepts at most 5 GB per write, and a failed
/// write repeats one range only.
/// </summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class ArchivedParts(IObjectStore store, long rangeBytes)
{
    public const long DefaultRangeBytes = 64L << 20;

    // The shared parts that this learner has uploaded completely.
    private readonly HashSet<string> _complete = new(StringComparer.Ordinal);

    /// <summary>Uploads a file, unless it is a shared one that this learner has uploaded before.</summary>
    /// <param name="prefix">See <see cref="ObjectNames.Part"/>.</param>
    public async Task UploadAsync(string path, string prefix, PartEntry part, CancellationToken cancellationToken)
    {
        if (_complete.Contains(prefix))
            return;
        using var file = File.OpenHandle(path);
        var index = 0;
        for (var from = 0L; from < part.Length; from += rangeBytes, index++)
        {
            await using var range = new PartStream(file, Math.Min(rangeBytes, part.Length - from), from);
            await store.UploadAsync(ObjectNames.Range(prefix, index), range, cancellationToken);
        }

        if (part.IsLinked)
            _complete.Add(prefix);
    }

    /// <summary>Downloads a file and flushes it to the disk. Its content is not checked.</summary>
    /// <exception cref="InvalidDataException">A byte range is missing or too long.</exception>
    public async Task DownloadAsync(string prefix, PartEntry part, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        for (var index = 0; file.Position < part.Length; index++)
        {
            var before = file.Position;
            var key = ObjectNames.Range(prefix, index);
            if (!await store.DownloadAsync(key, file, cancellationToken) || file.Position == before)
                throw Incomplete(key, before);
            if (file.Position > part.Length)
                throw Incomplete(key, file.Position);
        }

        file.Flush(flushToDisk: true);

        InvalidDataException Incomplete(string key, long bytes) =>
            new(string.Create(CultureInfo.InvariantCulture, $"{store.Location}{key}: part {part.Name} must have {part.Length} bytes but has {bytes}"));
    }

    /// <summary>Deletes one object. A shared part that loses an object has to be uploaded again.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        _complete.Remove(key[..(key.LastIndexOf('/') + 1)]);
        return store.DeleteAsync(key, cancellationToken);
    }
}
