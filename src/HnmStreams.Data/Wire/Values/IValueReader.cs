using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;

namespace HnmStreams.Data.Wire.Values;

/// <summary>A reader of the bytes of a key or value into a tree of fields, for one format.</summary>
/// <remarks>Implementations are thread-safe and never throw for invalid bytes.</remarks>
internal interface IValueReader
{
    /// <summary>The reason why <see cref="PrepareAsync"/> waits; null if it does not.</summary>
    string? WaitsFor => null;

    /// <summary>Obtains what reading the records of a chunk needs; see <see cref="IRecordDecoder.PrepareAsync"/>.</summary>
    ValueTask PrepareAsync(RecordChunk chunk, CancellationToken cancellationToken);

    /// <summary>Returns true if the bytes look like this format. Used for keys, which may be plain text.</summary>
    bool Recognizes(ReadOnlySpan<byte> bytes);

    /// <summary>Reads a value.</summary>
    /// <param name="chunk">The chunk, with what <see cref="PrepareAsync"/> obtained for it.</param>
    Rejection? Read(RecordChunk chunk, ReadOnlyMemory<byte> bytes, out FieldValue value);
}
