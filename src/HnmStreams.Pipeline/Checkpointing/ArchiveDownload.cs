using HnmStreams.Pipeline.Checkpointing.Disk;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// The download of the newest published checkpoint into the folder of a learner that has just acquired the lease. As long as nothing is published, the
/// checkpoints of the folder count: they were made before the archive was configured.
/// </summary>
internal sealed partial class ArchiveDownload(CheckpointArchive archive, string root, CheckpointingOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Makes the newest intact published checkpoint the newest one of the folder. O(bytes).</summary>
    /// <exception cref="CheckpointArchiveException">The archive cannot be reached.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (archive.Published is not [var newest, ..] published)
            return;
        foreach (var (path, id) in CheckpointNames.Newest(root))
        {
            // Older ones that are not published any more stay: they rank below the published ones, and the retention deletes them.
            if (id > newest || (published.Contains(id) && !await archive.MatchesAsync(id, path, cancellationToken)))
                SetAside(path, id, newest);
        }

        foreach (var id in published)
        {
            if (await TryProvideAsync(id, cancellationToken))
                return;
        }
    }

    private async Task<bool> TryProvideAsync(CheckpointId id, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, CheckpointNames.Folder(id));
        if (Directory.Exists(path))
        {
            if (IsUsable(path, id))
                return true;
            Directory.Delete(path, recursive: true);
        }

        try
        {
            var start = time.GetTimestamp();
            await archive.DownloadAsync(id, root, cancellationToken);
            var seconds = time.GetElapsedTime(start).TotalSeconds;
            LogDownloaded(id, archive.Location, seconds);
        }
        catch (InvalidDataException e)
        {
            LogIncomplete(id, archive.Location, e.Message);
            return false;
        }

        // A damaged one stays in the folder, where its reader reports the damage and takes the next one.
        return IsUsable(path, id);
    }

    // A checkpoint of another format ends the search: its reader refuses to start from an older one.
    private bool IsUsable(string path, CheckpointId id)
    {
        var (description, loaded) = CheckpointReader.Open(path, id, options.PartBytes);
        loaded?.Dispose();
        return description.IsIntact || description.IsOtherFormat;
    }

    private void SetAside(string path, CheckpointId id, CheckpointId newest)
    {
        var aside = Path.Combine(root, CheckpointNames.Unpublished(id));
        Directory.Move(path, aside);
        LogSetAside(id, archive.Location, newest, aside);
    }

    [LoggerMessage(EventId = 313, Level = LogLevel.Information, Message = "Checkpoint {Id} was downloaded from {Archive} in {Seconds:F2} s.")]
    private partial void LogDownloaded(CheckpointId id, string archive, double seconds);

    [LoggerMessage(EventId = 314, Level = LogLevel.Error, Message = "Checkpoint {Id} in {Archive} is incomplete ({Reason}) and skipped.")]
    private partial void LogIncomplete(CheckpointId id, string archive, string reason);

    [LoggerMessage(EventId = 315, Level = LogLevel.Warning, Message = "Checkpoint {Id} of the folder is not published in {Archive}, whose newest one is {Newest}. The run continues from the published one. The other was renamed to {Path} and can be deleted.")]
    private partial void LogSetAside(CheckpointId id, string archive, CheckpointId newest, string path);
}
