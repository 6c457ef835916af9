using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HnmStreams.Data.Records;

/// <summary>A bounded sequence of records in consumption order, with their bytes in one pooled buffer.</summary>
/// <remarks>
/// Ownership is passed on with the reference: the consumer loop fills the chunk, the batching stage reads and disposes it. Used
/// by one thread at a time. After <see cref="Dispose"/> none of its byte ranges may be read.
/// </remarks>
public sealed class RecordChunk : IDisposable
{
    private readonly List<RawRecord> _records;
    private byte[] _buffer;
    private int _used;

    /// <param name="capacity">The initial capacity in records; grows as needed.</param>
    /// <param name="bufferBytes">The initial size of the buffer of keys and values; grows as needed.</param>
    public RecordChunk(int capacity = 512, int bufferBytes = 512 * 1024)
    {
        _records = new List<RawRecord>(capacity);
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bufferBytes, 16));
    }

    public int Count => _records.Count;

    /// <summary>The data that a decoder obtained for the records of this chunk before it decodes them, for example their schemas.</summary>
    public object? Prepared { get; set; }

    /// <summary>The time at which the consumer read the first record, as a timestamp of its <see cref="TimeProvider"/>; 0 if it is not known.</summary>
    public long ReadAt { get; set; }

    /// <summary>The number of times that the consumer was set back before it read the chunk. Records of an earlier era are read again.</summary>
    public int Era { get; init; }

    /// <summary>The number of bytes of all keys and values.</summary>
    public int Bytes => _used;

    public IReadOnlyList<RawRecord> Records => _records;

    /// <summary>Returns the records without copying them, for the hot path. Invalid after the next <see cref="Add"/>.</summary>
    public ReadOnlySpan<RawRecord> AsSpan() => CollectionsMarshal.AsSpan(_records);

    /// <summary>Copies <paramref name="bytes"/> into the buffer. Amortized O(length).</summary>
    /// <exception cref="ObjectDisposedException">The chunk was disposed.</exception>
    public ByteRange Store(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        if (bytes.Length > _buffer.Length - _used)
        {
            // From 1 GiB on, doubling overflows; the larger of the two sizes is then the required one.
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(unchecked(_buffer.Length * 2), checked(_used + bytes.Length)));
            _buffer.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        var range = new ByteRange(_used, bytes.Length);
        _used += bytes.Length;
        return range;
    }

    public void Add(in RawRecord record) => _records.Add(record);

    /// <summary>Continues the trace of a record: later spans become children of the given span.</summary>
    public void Continue(int index, ActivityContext span) => _records[index] = _records[index] with { TraceParent = span };

    /// <summary>Returns the bytes of a range that <see cref="Store"/> returned; empty for a null range. Invalid after the next <see cref="Store"/>.</summary>
    public ReadOnlyMemory<byte> Read(ByteRange range) => range.IsNull ? default : _buffer.AsMemory(range.Offset, range.Length);

    public void Dispose()
    {
        if (_buffer.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _used = 0;
        _records.Clear();
    }
}
