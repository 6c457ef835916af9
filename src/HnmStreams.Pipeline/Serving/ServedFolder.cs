using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Serving;

/// <summary>
/// The newest version in a folder that another process writes. A newer one replaces it between two calls of <see cref="Acquire"/>. A version that
/// is damaged or does not fit the task is reported once, and the present one stays.
/// </summary>
/// <remarks>Thread-safe, besides <see cref="Refresh"/>, which is called by one thread at a time. Holds one version in host memory, and a second while it is loaded.</remarks>
public sealed partial class ServedFolder : IServedModels, IDisposable
{
    private readonly IMiningTask _task;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SavedVersions _versions;

    // Adopts each version before it is served, so that one with other tensors is refused.
    private readonly ScoringReplica _trial;
    private readonly Dictionary<(string Path, DateTime WrittenAt), string> _refused = [];
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ModelSnapshot? _snapshot;
    private ServedFolderStatus _status;
    private string? _problem;

    public ServedFolder(IMiningTask task, string folder, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(task);
        (_task, _folder, _time, _logger) = (task, folder, time, logger);
        _versions = new SavedVersions(folder);
        _trial = new ScoringReplica(task, CPU, threads: 1);
        _status = new ServedFolderStatus(folder, null, null, null, 0, []);
    }

    /// <summary>Completes when the first version is loaded.</summary>
    public Task First => _first.Task;

    public ServedFolderStatus Status => Volatile.Read(ref _status);

    /// <inheritdoc/>
    /// <exception cref="NoModelException">No version was loaded yet.</exception>
    ServedModel IServedModels.Acquire() => Acquire();

    /// <inheritdoc cref="IServedModels.Acquire"/>
    internal ServedModel Acquire()
    {
        lock (_gate)
        {
            if (_snapshot is null || _status.Model is not { } card || !_snapshot.TryAcquire())
                throw new NoModelException(_folder);
            // A version that was saved without a gate is not promoted, as in the process that saved it.
            return new ServedModel(_snapshot, card.Promotion is null ? null : card);
        }
    }

    /// <summary>Loads the newest version if it is not the served one.</summary>
    /// <returns>True if another version is served now.</returns>
    public bool Refresh()
    {
        IReadOnlyList<SavedVersion> found;
        try
        {
            found = _versions.Find();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report($"'{_folder}' cannot be read: {e.Message}");
            return false;
        }

        foreach (var gone in _refused.Keys.Where(key => !found.Any(v => (v.Path, v.WrittenAt) == key)).ToArray())
            _refused.Remove(gone);
        var served = found.FirstOrDefault(version => IsNewer(version) && TryServe(version));
        Volatile.Write(ref _status, _status with { Refused = [.. _refused.Select(r => new RefusedVersion(r.Key.Path, r.Value)).OrderByDescending(r => r.Path, StringComparer.Ordinal)] });
        return served is not null;
    }

    /// <summary>Calls <see cref="Refresh"/> until it is canceled.</summary>
    public async Task WatchAsync(TimeSpan interval, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                await Task.Run(Refresh, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _snapshot?.Dispose();
            _snapshot = null;
        }

        _trial.Dispose();
    }

    /// <summary>Opens the weights of the served version, which the caller disposes; null if it is another one.</summary>
    internal Stream? OpenWeights(long version)
    {
        if (Status is not { Path: { } path, Model: { } card } || card.Version != version)
            return null;
        try
        {
            return new FileStream(Path.Combine(path, ModelFolder.WeightsFile), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // The other process has deleted it since.
            return null;
        }
    }

    private bool IsNewer(SavedVersion version) =>
        !_refused.ContainsKey((version.Path, version.WrittenAt)) && (_status.Model is not { } present || version.Card is not { } card || card.CreatedAt > present.CreatedAt);

    private bool TryServe(SavedVersion version)
    {
        try
        {
            var (card, snapshot) = Load(version);
            lock (_gate)
            {
                _snapshot?.Dispose();
                _snapshot = snapshot;
                _status = _status with { Path = version.Path, Model = card, LoadedAt = _time.GetUtcNow(), Loads = _status.Loads + 1 };
            }

            PipelineInstruments.ServedModels.Add(1, Outcome("loaded"));
            LogServed(card.Version, card.CreatedAt, version.Path);
            _problem = null;
            _first.TrySetResult();
            return true;
        }
        catch (InvalidDataException e)
        {
            _refused[(version.Path, version.WrittenAt)] = e.Message;
            PipelineInstruments.ServedModels.Add(1, Outcome("refused"));
            LogRefused(version.Path, e.Message, _status.Model?.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The other process may be deleting or replacing the version: the next refresh finds out.
            Report($"'{version.Path}' cannot be read: {e.Message}");
        }

        return false;
    }

    /// <exception cref="InvalidDataException">The version is damaged, or does not fit the task.</exception>
    private (ModelCard Card, ModelSnapshot Snapshot) Load(SavedVersion version)
    {
        var card = version.Card ?? throw new InvalidDataException($"{ModelFolder.CardFile} is missing or damaged.");
        if (!string.Equals(card.Task, _task.Name, StringComparison.Ordinal))
            throw new InvalidDataException($"It is a model of the task '{card.Task}', but 'task.name' is '{_task.Name}'.");
        var snapshot = new ModelSnapshot(card.Version, SafetensorsFile.Read(Path.Combine(version.Path, ModelFolder.WeightsFile)));
        try
        {
            _trial.Adopt(snapshot);
            return (card, snapshot);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    private void Report(string problem)
    {
        if (string.Equals(_problem, problem, StringComparison.Ordinal))
            return;
        _problem = problem;
        LogProblem(problem);
    }

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);

    [LoggerMessage(EventId = 360, EventName = "VersionServed", Level = LogLevel.Information, Message = "Version {Version} of {CreatedAt:u} is served, from {Path}.")]
    private partial void LogServed(long version, DateTimeOffset createdAt, string path);

    [LoggerMessage(EventId = 361, EventName = "VersionRefused", Level = LogLevel.Warning, Message = "{Path} cannot be served: {Reason} The served version stays {Served}.")]
    private partial void LogRefused(string path, string reason, string served);

    [LoggerMessage(EventId = 362, EventName = "ModelsUnreadable", Level = LogLevel.Warning, Message = "{Problem} The served version stays, and the folder is read again.")]
    private partial void LogProblem(string problem);
}

/// <summary>The exception for a request before the first version is loaded.</summary>
public sealed class NoModelException : InvalidOperationException
{
    public NoModelException()
    {
    }

    /// <param name="folder">The folder that is watched.</param>
    public NoModelException(string folder)
        : base($"No model is loaded yet: '{folder}' has no saved version that fits the task.")
    {
    }

    public NoModelException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
