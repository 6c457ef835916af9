using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HnmStreams.Data.Records;

/// <summary>
/// A bounded run of records in consumption order, with their bytes in one pooled slab.
/// </summary>
/// <remarks>
/// Ownership passes with the reference: the consumer loop fills it, the batching stage reads and disposes it.
/// One thread at a time. After <see cref="Dispose"/> no slice of it may be read.
/// </remarks>
public sealed class RecordChunk : IDisposable
{
    private readonly List<RawRecord> _records;
    private byte[] _slab;
    private int _used;

    public RecordChunk(int capacity = 512, int slabBytes = 512 * 1024)
    {
        _records = new List<RawRecord>(capacity);
        _slab = ArrayPool<byte>.Shared.Rent(Math.Max(slabBytes, 16));
    }

    public int Count => _records.Count;

    /// <summary>The span of the chunk's consumption; default where no record in it is traced.</summary>
    public ActivityContext Trace { get; set; }

    /// <summary>Bytes of keys and values held.</summary>
    public int Bytes => _used;

    public IReadOnlyList<RawRecord> Records => _records;

    /// <summary>The same records without a copy of each, for the hot path; not valid after the next <see cref="Add"/>.</summary>
    public ReadOnlySpan<RawRecord> AsSpan() => CollectionsMarshal.AsSpan(_records);

    /// <summary>Copies <paramref name="bytes"/> into the slab. Amortised O(length).</summary>
    /// <exception cref="ObjectDisposedException">The slab has gone back to its pool.</exception>
    public ByteRange Store(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_slab.Length == 0, this);
        if (bytes.Length > _slab.Length - _used)
        {
            // From 1 GiB on doubling overflows, and the larger of both is what is needed.
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(unchecked(_slab.Length * 2), checked(_used + bytes.Length)));
            _slab.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_slab);
            _slab = larger;
        }

        bytes.CopyTo(_slab.AsSpan(_used));
        var slice = new ByteRange(_used, bytes.Length);
        _used += bytes.Length;
        return slice;
    }

    public void Add(in RawRecord record) => _records.Add(record);

    /// <summary>The bytes of a slice that <see cref="Store"/> gave; empty for a null slice.</summary>
    public ReadOnlyMemory<byte> Read(ByteRange slice) => slice.IsNull ? default : _slab.AsMemory(slice.Offset, slice.Length);

    public void Dispose()
    {
        if (_slab.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_slab);
        _slab = [];
        _used = 0;
        _records.Clear();
    }
}
