namespace HnmStreams.Pipeline.Checkpointing.ObjectStore;

/// <summary>A small object and the tag of its content.</summary>
/// <param name="ETag">The value that the store compares in a conditional write.</param>
public sealed record StoredObject(ReadOnlyMemory<byte> Content, string ETag);

/// <summary>The calls of an object store that lease and checkpoints need. Keys are relative to a bucket and a prefix.</summary>
/// <remarks>
/// Thread-safe. Reads return the last completed write (strong consistency). All methods throw a <see cref="CheckpointArchiveException"/> with a remedy
/// if the store cannot be reached or refuses the request.
/// </remarks>
public interface IObjectStore
{
    /// <summary>The address of bucket and prefix, without credentials.</summary>
    string Location { get; }

    /// <summary>Reads a small object; returns null if it does not exist.</summary>
    /// <exception cref="InvalidDataException">It has more than <paramref name="maxBytes"/> bytes.</exception>
    Task<StoredObject?> ReadAsync(string key, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Writes a small object if it has not changed. The store decides atomically.</summary>
    /// <param name="etag">The tag that the object must have; null if the object must not exist.</param>
    /// <returns>The new tag; null if the condition did not hold, so that nothing was written. Null is possible after a retry even if the first try succeeded.</returns>
    Task<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellationToken);

    /// <summary>Writes an object, whole or not at all.</summary>
    /// <param name="content">A seekable stream at its beginning. It stays open.</param>
    Task UploadAsync(string key, Stream content, CancellationToken cancellationToken);

    /// <summary>Appends the content of an object to a seekable stream.</summary>
    /// <returns>False if the object does not exist.</returns>
    Task<bool> DownloadAsync(string key, Stream target, CancellationToken cancellationToken);

    /// <summary>Returns all keys that start with a prefix.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes an object. Has no effect if it does not exist.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}
