using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Envelopes;

/// <summary>The content of an opened record.</summary>
/// <param name="Root">The record's fields. Paths in the settings start here.</param>
/// <param name="IsDeletion">True if the record deletes the example with its id.</param>
internal readonly record struct OpenedRecord(FieldValue Root, bool IsDeletion = false)
{
    /// <summary>The result if the envelope holds an example in the contract's protobuf form, else null.</summary>
    public DecodeResult? Direct { get; init; }
}

/// <summary>A convention of what is around the data of a record, for example a change event.</summary>
/// <remarks>Implementations are thread-safe and never throw for invalid bytes.</remarks>
internal interface IEnvelope
{
    /// <summary>Opens a record whose value is not null.</summary>
    /// <param name="reader">Reads the data.</param>
    Rejection? Open(RecordChunk chunk, in RawRecord record, IValueReader reader, out OpenedRecord opened);
}

/// <summary>No envelope: the value is the data.</summary>
internal sealed class NoEnvelope : IEnvelope
{
    public Rejection? Open(RecordChunk chunk, in RawRecord record, IValueReader reader, out OpenedRecord opened)
    {
        var rejection = reader.Read(chunk, chunk.Read(record.Value), out var value);
        opened = new OpenedRecord(value);
        return rejection;
    }
}
