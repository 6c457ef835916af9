namespace HnmStreams.Pipeline.Checkpointing.ObjectStore;

/// <summary>
/// The check that a store honors conditional writes. Some S3-compatible stores ignore the conditions and write in any case; two learners could then
/// publish at the same time.
/// </summary>
internal static class ConditionCheck
{
    public const string Key = "condition-check";

    // The quoted MD5 of no content that is written here.
    private const string WrongTag = "\"00000000000000000000000000000000\"";
    private static readonly byte[] Content = "HnmStreams checks here that conditional writes work.\n"u8.ToArray();

    /// <exception cref="CheckpointArchiveException">The store wrote although the condition did not hold.</exception>
    public static async Task EnsureAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        using (var content = new MemoryStream(Content, writable: false))
            await store.UploadAsync(Key, content, cancellationToken);
        if (await store.TryWriteAsync(Key, Content, etag: null, cancellationToken) is not null)
            throw Ignored(store, "If-None-Match");
        if (await store.TryWriteAsync(Key, Content, WrongTag, cancellationToken) is not null)
            throw Ignored(store, "If-Match");
    }

    private static CheckpointArchiveException Ignored(IObjectStore store, string condition) =>
        new($"{store.Location} must support conditional writes but ignores {condition}, so two learners could write at the same time. Use a store or a version that supports it, or a folder without checkpoints.objectStore.");
}
