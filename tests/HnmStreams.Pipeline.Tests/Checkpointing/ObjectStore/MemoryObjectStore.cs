using System.Globalization;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.ObjectStore;

namespace HnmStreams.Pipeline.Tests.Checkpointing.ObjectStore;

/// <summary>An object store in memory, with hooks for what happens between two calls and for lost answers.</summary>
internal sealed class MemoryObjectStore : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (byte[] Content, long Version)> _objects = new(StringComparer.Ordinal);
    private long _version;

    public string Location => "memory://bucket/prefix/";

    /// <summary>Called before each write with the key. It may throw.</summary>
    public Func<string, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called after each conditional write with the key. If it throws, the write has succeeded and its answer is lost.</summary>
    public Action<string> AfterConditionalWrite { get; set; } = _ => { };

    public bool IgnoresConditions { get; set; }

    /// <summary>The keys of all uploads, in their order.</summary>
    public List<string> Uploads { get; } = [];

    public string[] Keys
    {
        get
        {
            lock (_gate)
                return [.. _objects.Keys];
        }
    }

    public static CheckpointArchiveException Unreachable() => new("The store cannot be reached.");

    public void Change(string key, Func<byte[], byte[]> change)
    {
        lock (_gate)
            _objects[key] = (change(_objects[key].Content), ++_version);
    }

    public void Remove(string key)
    {
        lock (_gate)
            _objects.Remove(key);
    }

    public Task<StoredObject?> ReadAsync(string key, int maxBytes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_objects.TryGetValue(key, out var found))
                return Task.FromResult<StoredObject?>(null);
            return found.Content.Length <= maxBytes
                ? Task.FromResult<StoredObject?>(new StoredObject(found.Content, Tag(found.Version)))
                : throw new InvalidDataException("it is too large");
        }
    }

    public async Task<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellationToken)
    {
        await BeforeWrite(key);
        string tag;
        lock (_gate)
        {
            var current = _objects.TryGetValue(key, out var found) ? Tag(found.Version) : null;
            if (!IgnoresConditions && !string.Equals(current, etag, StringComparison.Ordinal))
                return null;
            _objects[key] = (content.ToArray(), ++_version);
            tag = Tag(_version);
        }

        AfterConditionalWrite(key);
        return tag;
    }

    public async Task UploadAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        await BeforeWrite(key);
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken);
        lock (_gate)
        {
            _objects[key] = (copy.ToArray(), ++_version);
            Uploads.Add(key);
        }
    }

    public Task<bool> DownloadAsync(string key, Stream target, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_objects.TryGetValue(key, out var found))
                return Task.FromResult(false);
            target.Write(found.Content);
            return Task.FromResult(true);
        }
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<string>>([.. _objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))]);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        Remove(key);
        return Task.CompletedTask;
    }

    private static string Tag(long version) => version.ToString(CultureInfo.InvariantCulture);
}
