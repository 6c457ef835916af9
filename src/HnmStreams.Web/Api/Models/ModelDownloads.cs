using HnmStreams.Pipeline.Flow.Promotion;

namespace HnmStreams.Web.Api.Models;

/// <summary>The file of the promoted model that downloads read. There is one per version, in a folder that only this user can read.</summary>
/// <remarks>
/// Thread-safe. A replaced file is deleted at once; readers that have it open keep its blocks until they are done, so the disk holds at
/// most one version more than there are downloads.
/// </remarks>
internal sealed class ModelDownloads(ModelQueries queries) : IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _folder;
    private (ModelCard Card, string Path)? _current;

    /// <summary>Opens the weights of the promoted version, which the caller disposes. Returns null before the first promotion.</summary>
    public async Task<(ModelCard Card, Stream Weights)?> OpenAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_current is null || queries.Models().Promoted?.Version != _current.Value.Card.Version)
                await WriteAsync(cancellation);
            return _current is var (card, path)
                ? (card, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.Asynchronous))
                : null;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
        if (_folder is not null && Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        _folder ??= Directory.CreateTempSubdirectory("hnm-model-").FullName;
        var path = Path.Combine(_folder, $"{Guid.NewGuid():n}.safetensors");
        try
        {
            if (await queries.WritePromotedAsync(path, cancellation) is not { } card)
                return;
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var replaced = _current;
            _current = (card, path);
            if (replaced is { } old)
                File.Delete(old.Path);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
