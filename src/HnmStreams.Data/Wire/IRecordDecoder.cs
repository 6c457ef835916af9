using HnmStreams.Data.Records;

namespace HnmStreams.Data.Wire;

/// <summary>
/// A decoder of the records of a stream. The setting <c>wire.format</c> selects it; every reader of a topic uses the same one.
/// </summary>
/// <remarks>Implementations are thread-safe.</remarks>
public interface IRecordDecoder
{
    /// <summary>The reason why <see cref="PrepareAsync"/> waits for a service, a sentence; null if it does not wait.</summary>
    string? WaitsFor => null;

    /// <summary>
    /// Obtains what decoding the records of a chunk needs, for example schemas that are not cached. Must be called before
    /// <see cref="Decode"/>, by the owner of the chunk. Completes synchronously if nothing is missing. Waits and retries while a
    /// service that it depends on is unavailable.
    /// </summary>
    ValueTask PrepareAsync(RecordChunk chunk, CancellationToken cancellationToken);

    /// <summary>Returns true if the record carries many examples, so that a reader of <see cref="CreateRows"/> reads it instead of <see cref="Decode"/>.</summary>
    bool HasRows(RecordChunk chunk, in RawRecord record) => false;

    /// <summary>Creates a reader of records that carry many examples, for one thread at a time; null if the format has no such records.</summary>
    RecordRows? CreateRows() => null;

    /// <summary>
    /// Decodes a record, which may be a tombstone. Never throws for invalid bytes. The record's value must be present or null:
    /// unreadable and oversized records are handled before.
    /// </summary>
    /// <param name="chunk">The chunk of the record. The tensor or image of the example references its buffer.</param>
    DecodeResult Decode(RecordChunk chunk, in RawRecord record);
}
