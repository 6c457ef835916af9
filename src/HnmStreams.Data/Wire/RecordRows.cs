using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire;

/// <summary>
/// The rows of a record that carries many examples. They are read in order, as views of the record's bytes: no object is allocated per
/// row unless a value is new (a label, an identity, a category).
/// </summary>
/// <remarks>
/// One owner, one thread at a time; reused for any number of records. Opening checks the structure and the limits of the whole record,
/// so that it is rejected as a whole before its first row is read. A row whose own values are invalid is rejected alone. Neither throws
/// for invalid bytes.
/// </remarks>
public abstract class RecordRows : IDisposable
{
    /// <summary>The number of rows in the record that is open.</summary>
    public abstract int Count { get; }

    /// <summary>The number of rows read or skipped so far, which is the index of the next row.</summary>
    public abstract int Position { get; }

    /// <summary>The id of the row that was read last, in UTF-8; empty if the row has no valid id.</summary>
    public abstract ReadOnlySpan<byte> Id { get; }

    /// <summary>Opens a record. Closes the previous one.</summary>
    /// <param name="record">The record's value. It must not change while the record is open.</param>
    /// <returns>Null, or the reason why the whole record is rejected.</returns>
    public abstract RowResult? Open(ReadOnlyMemory<byte> record);

    /// <summary>Skips rows. At most the remaining ones.</summary>
    public abstract void Skip(int rows);

    /// <summary>Reads the next row. Call it <see cref="Count"/> times at most.</summary>
    /// <param name="example">The example, valid until the next call. Not set unless the result's kind is <see cref="RowKind.Example"/>.</param>
    public abstract RowResult Read(out ExampleView example);

    /// <summary>Returns a record of the same format with the row that was read last only, for its dead letter; null if it cannot be written.</summary>
    /// <param name="maxBytes">The maximum size of the record.</param>
    public abstract byte[]? CopyRow(int maxBytes);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
