using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.ObjectStore;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.ObjectStore;

namespace HnmStreams.Host.Learner;

/// <summary>The folder that a run keeps its state in, with the lease on it. Empty if the run keeps no state.</summary>
internal sealed class StateFolder : IAsyncDisposable
{
    private readonly string? _temporaryFolder;
    private readonly S3ObjectStore? _objects;
    private readonly ObjectArchive? _archive;

    private StateFolder(CheckpointStore? store, string? temporaryFolder, S3ObjectStore? objects, ObjectArchive? archive) =>
        (Store, _temporaryFolder, _objects, _archive) = (store, temporaryFolder, objects, archive);

    /// <summary>The checkpoint store; null if no state is kept.</summary>
    public CheckpointStore? Store { get; }

    /// <summary>A description for the terminal.</summary>
    public string Description => Store is null ? "off" : Store.Folder + (_temporaryFolder is null ? "" : " (deleted at the end)") + (_objects is null ? "" : $", published in {_objects.Location}");

    /// <summary>Opens the folder and waits for the lease on it.</summary>
    /// <param name="standby">Called with a description of the current lease holder while waiting.</param>
    /// <exception cref="SettingsException">The folder cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The wait for the lease was canceled.</exception>
    public static async Task<StateFolder> OpenAsync(
        HnmOptions options, bool embedded, string workingFolder, Action<string> standby, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        if (options.Checkpoints.IsOff)
            return new StateFolder(null, null, null, null);
        var configured = options.Checkpoints.Folder;
        var temporaryFolder = configured is null && embedded ? Directory.CreateTempSubdirectory("hnm-checkpoints-").FullName : null;
        var folder = temporaryFolder ?? Path.GetFullPath(configured ?? Path.Combine("checkpoints", Uri.EscapeDataString(options.Kafka.GroupId)), workingFolder);
        var objects = options.Checkpoints.ObjectStore.IsSet ? S3ObjectStore.Create(options.Checkpoints.ObjectStore, options.Kafka.GroupId) : null;
        var archive = objects is null ? null : new ObjectArchive(objects, options.Pipeline.Checkpointing, time);
        try
        {
            return new StateFolder(await CheckpointStore.OpenAsync(folder, options.Pipeline.Checkpointing, standby, time, logger, stop, archive), temporaryFolder, objects, archive);
        }
        catch (Exception e)
        {
            archive?.Dispose();
            objects?.Dispose();
            if (e is CheckpointArchiveException)
                throw new SettingsException(e.Message, e);
            if (e is not (IOException or UnauthorizedAccessException))
                throw;
            throw new SettingsException($"'checkpoints.folder' must be a writable folder, or off, but is '{folder}': {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Store is not null)
            await Store.DisposeAsync();
        _archive?.Dispose();
        _objects?.Dispose();
        if (_temporaryFolder is not null && Directory.Exists(_temporaryFolder))
            Directory.Delete(_temporaryFolder, recursive: true);
    }
}
