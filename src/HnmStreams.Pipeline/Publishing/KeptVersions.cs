using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>The promoted versions that a person can return to: files in the checkpoint folder, at most a fixed number.</summary>
/// <remarks>
/// Thread-safe: writes are serialized, and readers hold open files. A failure to write is logged; the model stays promoted.
/// </remarks>
internal sealed partial class KeptVersions(string root, int maxVersions, ILogger logger)
{
    /// <summary>The name of the folder in the checkpoint folder.</summary>
    public const string FolderName = "versions";

    private readonly string _folder = Path.Combine(root, FolderName);
    private readonly Lock _gate = new();
    private IReadOnlyList<ModelCard>? _cards;

    /// <summary>Returns the cards of all kept versions, newest first. Damaged folders are skipped. Reads the folder after changes only.</summary>
    public IReadOnlyList<ModelCard> Cards()
    {
        lock (_gate)
            return _cards ??= [.. Folders().Select(f => ModelFolder.ReadCard(f.Path)).OfType<ModelCard>()];
    }

    /// <summary>Writes a promoted version and deletes the oldest ones beyond the number to keep.</summary>
    public void Add(ModelSnapshot snapshot, ModelCard card)
    {
        if (maxVersions == 0)
            return;
        lock (_gate)
        {
            _cards = null;
            try
            {
                ModelFolder.Write(_folder, snapshot, card);
                foreach (var (_, path) in Folders().Skip(maxVersions))
                    Directory.Delete(path, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotKept(snapshot.Version, e.Message);
            }
        }
    }

    /// <summary>Reads a version into memory, which the caller disposes; null if it is not kept.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public RegisteredModel? Read(long version)
    {
        if (Find(version) is not { } path || ModelFolder.ReadCard(path) is not { } card)
            return null;
        return new RegisteredModel(new ModelSnapshot(version, SafetensorsFile.Read(Path.Combine(path, ModelFolder.WeightsFile))), card);
    }

    /// <summary>Opens the weights of a version, which the caller disposes; null if it is not kept.</summary>
    public Stream? OpenWeights(long version)
    {
        if (Find(version) is not { } path)
            return null;
        try
        {
            return new FileStream(Path.Combine(path, ModelFolder.WeightsFile), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // It was deleted since.
            return null;
        }
    }

    /// <summary>Deletes the versions above that of a checkpoint: a learner that continues from it gives their numbers to other weights.</summary>
    public void RemoveAbove(long version)
    {
        lock (_gate)
        {
            _cards = null;
            try
            {
                foreach (var (_, path) in Folders().Where(f => f.Version > version))
                    Directory.Delete(path, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(e.Message);
            }
        }
    }

    private string? Find(long version) => Folders().Where(f => f.Version == version).Select(f => f.Path).FirstOrDefault();

    // Newest first. Folders with other names are not versions, or are being written.
    private (long Version, string Path)[] Folders() => !Directory.Exists(_folder)
        ? []
        :
        [
            .. Directory.EnumerateDirectories(_folder, "v*")
                .Select(path => (Version: ModelFolder.VersionOf(path), Path: path))
                .Where(f => f.Version is not null)
                .Select(f => (Version: f.Version!.Value, f.Path))
                .OrderByDescending(f => f.Version),
        ];

    [LoggerMessage(EventId = 350, EventName = "VersionNotKept", Level = LogLevel.Warning, Message = "Version {Version} is promoted but cannot be kept on disk: {Reason}. It cannot be served again after the next promotion.")]
    private partial void LogNotKept(long version, string reason);

    [LoggerMessage(EventId = 351, EventName = "VersionsNotRemoved", Level = LogLevel.Warning, Message = "Kept versions of an earlier run cannot be deleted: {Reason}.")]
    private partial void LogNotRemoved(string reason);
}
