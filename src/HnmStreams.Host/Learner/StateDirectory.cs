using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Pipeline.Checkpointing;

namespace HnmStreams.Host.Learner;

/// <summary>The folder in which a run keeps its state, and the lease on it; or none.</summary>
internal sealed class StateDirectory : IAsyncDisposable
{
    private readonly string? _thrownAway;

    private StateDirectory(CheckpointStore? store, string? thrownAway) => (Store, _thrownAway) = (store, thrownAway);

    /// <summary>Null where no state is kept.</summary>
    public CheckpointStore? Store { get; }

    /// <summary>What is said of it at the start.</summary>
    public string Description => Store is null ? "off" : _thrownAway is null ? Store.Folder : $"{Store.Folder} (thrown away at the end)";

    /// <summary>Finds the folder and waits for the lease on it.</summary>
    /// <param name="standby">Hears who has the lease meanwhile.</param>
    /// <exception cref="SettingsException">The folder cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Stopped while it stood by.</exception>
    public static async Task<StateDirectory> OpenAsync(
        HnmOptions options, bool embedded, string workingFolder, Action<string> standby, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        if (options.Checkpoints.IsOff)
            return new StateDirectory(null, null);
        var given = options.Checkpoints.Folder;
        var thrownAway = given is null && embedded ? Directory.CreateTempSubdirectory("hnm-checkpoints-").FullName : null;
        var folder = thrownAway ?? Path.GetFullPath(given ?? Path.Combine("checkpoints", Uri.EscapeDataString(options.Kafka.GroupId)), workingFolder);
        try
        {
            return new StateDirectory(await CheckpointStore.OpenAsync(folder, options.Pipeline.Checkpointing, standby, time, logger, stop), thrownAway);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"checkpoints.folder = '{folder}': {e.Message} Allowed is a folder that can be written, or off to keep no state", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Store is not null)
            await Store.DisposeAsync();
        if (_thrownAway is not null && Directory.Exists(_thrownAway))
            Directory.Delete(_thrownAway, recursive: true);
    }
}
