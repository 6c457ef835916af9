using System.Buffers;

namespace HnmStreams.Data.Rows;

/// <summary>
/// Encoded examples in the form in which a task stores and collates them: per example a row of bytes (written by the task's
/// encoder), a class label and a weight. The rows are stored one after the other in one pooled buffer.
/// </summary>
/// <remarks>Single owner, one thread at a time. Several threads may read while no thread writes. Every method is O(1), or O(bytes) if it copies.</remarks>
public sealed class RowBuffer : IDisposable, IBufferWriter<byte>
{
    private byte[] _buffer;
    private int[] _starts;
    private int[] _labels;
    private float[] _weights;
    private int _used;

    /// <param name="rows">The initial capacity in rows; grows as needed.</param>
    /// <param name="bytes">The initial capacity in bytes of all rows; grows as needed.</param>
    public RowBuffer(int rows = 64, int bytes = 4096)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, 16));
        _starts = ArrayPool<int>.Shared.Rent(rows + 1);
        _labels = ArrayPool<int>.Shared.Rent(rows + 1);
        _weights = ArrayPool<float>.Shared.Rent(rows + 1);
        _starts[0] = 0;
    }

    public int Count { get; private set; }

    /// <summary>The number of bytes of all committed rows.</summary>
    public int Bytes => _starts[Count];

    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, Count);

    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, Count);

    /// <summary>Returns the bytes of a committed row, without copying them. Invalid after the next write to the buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such row exists.</exception>
    public ReadOnlySpan<byte> Payload(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        return _buffer.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);
    }

    /// <summary>Appends a complete row.</summary>
    public void Add(ReadOnlySpan<byte> payload, int label, float weight)
    {
        payload.CopyTo(GetSpan(payload.Length));
        Advance(payload.Length);
        Commit(label, weight);
    }

    /// <summary>Returns space for at least <paramref name="sizeHint"/> more bytes of the current row.</summary>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_used);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_used);
    }

    /// <summary>The bytes of the current row that were written so far. Invalid after the next write to the buffer.</summary>
    public ReadOnlySpan<byte> Uncommitted => _buffer.AsSpan(_starts[Count], _used - _starts[Count]);

    /// <summary>Adds <paramref name="count"/> written bytes to the current row.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _used);
        _used += count;
    }

    /// <summary>Completes the current row and assigns its label and weight.</summary>
    public void Commit(int label, float weight)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        if (Count + 2 > _starts.Length)
            _starts = Grow(_starts, Count + 1);
        if (Count + 1 > _labels.Length)
            _labels = Grow(_labels, Count);
        if (Count + 1 > _weights.Length)
            _weights = Grow(_weights, Count);
        _labels[Count] = label;
        _weights[Count] = weight;
        Count++;
        _starts[Count] = _used;
    }

    /// <summary>Changes the weight of a committed row.</summary>
    public void SetWeight(int row, float weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        _weights[row] = weight;
    }

    /// <summary>Exchanges the rows of two buffers, without copying them. O(1).</summary>
    public void Exchange(RowBuffer other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (_buffer, other._buffer) = (other._buffer, _buffer);
        (_starts, other._starts) = (other._starts, _starts);
        (_labels, other._labels) = (other._labels, _labels);
        (_weights, other._weights) = (other._weights, _weights);
        (_used, other._used) = (other._used, _used);
        (Count, other.Count) = (other.Count, Count);
    }

    /// <summary>Discards the current row.</summary>
    public void DiscardRow() => _used = _starts[Count];

    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    public void Dispose()
    {
        if (_buffer.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        ArrayPool<int>.Shared.Return(_starts);
        ArrayPool<int>.Shared.Return(_labels);
        ArrayPool<float>.Shared.Return(_weights);
        Count = 0;
        _used = 0;
        (_buffer, _starts, _labels, _weights) = ([], [0], [], []);
    }

    private void Reserve(int bytes)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        if (bytes > _buffer.Length - _used)
            _buffer = Grow(_buffer, _used, checked(_used + bytes));
    }

    private static T[] Grow<T>(T[] array, int used, int size = 0)
    {
        // From 1 GiB on, doubling overflows; the larger of the two sizes is then the required one.
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(size, unchecked(array.Length * 2)));
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        return larger;
    }
}
