using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Pipeline.Batching;

/// <summary>
/// The dead letters of single rows of a record. Each names its row; the first ones also carry a copy of it as its own record. A
/// small record can hold very many invalid rows, so the copies are bounded in number and bytes.
/// </summary>
/// <remarks>Owned by the batcher.</remarks>
internal sealed class RowDeadLetters
{
    /// <summary>The maximum number of rows per record that are copied.</summary>
    public const int MaxCopies = 256;

    // Each copy repeats the schema and the dictionaries.
    private const int MaxCopiedBytesPerByte = 4;
    private const int MinCopiedBytes = 64 * 1024;

    private int _copies;
    private long _bytesLeft;

    /// <summary>Begins with a record.</summary>
    /// <param name="recordBytes">The size of its value.</param>
    public void Begin(int recordBytes) => (_copies, _bytesLeft) = (0, Math.Max(MinCopiedBytes, (long)recordBytes * MaxCopiedBytesPerByte));

    /// <summary>Returns the dead letter of the row that was read last.</summary>
    public DeadLetter Of(RecordRows rows, in RawRecord record, int row, string reason, string detail)
    {
        var id = rows.Id;
        var copy = _copies++ < MaxCopies ? rows.CopyRow((int)Math.Min(_bytesLeft, int.MaxValue)) : null;
        _bytesLeft -= copy?.Length ?? 0;
        return new DeadLetter(record.Origin, reason, ControlCharacters.Escape(detail), id.IsEmpty ? null : id.ToArray(), copy)
        {
            Row = row,
            Id = id.IsEmpty ? null : ControlCharacters.Escape(Encoding.UTF8.GetString(id)),
        };
    }
}
