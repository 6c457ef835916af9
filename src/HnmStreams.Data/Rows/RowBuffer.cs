using System.Buffers;

namespace HnmStreams.Data.Rows;

/// <summary>
/// Examples in the form that a task stores and collates: for each a row of bytes (whatever the task's encoder wrote),
/// a class label and a weight. Rows lie one behind the other in one pooled slab.
/// </summary>
/// <remarks>Single owner, one thread at a time; may be read by several threads while nobody writes. Every method O(1), or O(bytes) where it copies.</remarks>
public sealed class RowBuffer : IDisposable, IBufferWriter<byte>
{
    private byte[] _slab;
    private int[] _starts;
    private int[] _labels;
    private float[] _weights;
    private int _used;

    public RowBuffer(int rows = 64, int bytes = 4096)
    {
        _slab = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, 16));
        _starts = ArrayPool<int>.Shared.Rent(rows + 1);
        _labels = ArrayPool<int>.Shared.Rent(rows + 1);
        _weights = ArrayPool<float>.Shared.Rent(rows + 1);
        _starts[0] = 0;
    }

    public int Count { get; private set; }

    /// <summary>Bytes of all committed rows.</summary>
    public int Bytes => _starts[Count];

    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, Count);

    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, Count);

    public ReadOnlySpan<byte> Payload(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        return _slab.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);
    }

    /// <summary>Appends a finished row.</summary>
    public void Add(ReadOnlySpan<byte> payload, int label, float weight)
    {
        payload.CopyTo(GetSpan(payload.Length));
        Advance(payload.Length);
        Commit(label, weight);
    }

    /// <summary>Room for at least <paramref name="sizeHint"/> more bytes of the row being written.</summary>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _slab.AsSpan(_used);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _slab.AsMemory(_used);
    }

    /// <summary>Counts <paramref name="count"/> written bytes to the row being written.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _slab.Length - _used);
        _used += count;
    }

    /// <summary>Ends the row being written and gives it its label and weight.</summary>
    public void Commit(int label, float weight)
    {
        ObjectDisposedException.ThrowIf(_slab.Length == 0, this);
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

    /// <summary>Gives a committed row another weight.</summary>
    public void SetWeight(int row, float weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        _weights[row] = weight;
    }

    /// <summary>Throws away the row being written.</summary>
    public void DiscardRow() => _used = _starts[Count];

    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    public void Dispose()
    {
        if (_slab.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_slab);
        ArrayPool<int>.Shared.Return(_starts);
        ArrayPool<int>.Shared.Return(_labels);
        ArrayPool<float>.Shared.Return(_weights);
        Count = 0;
        _used = 0;
        (_slab, _starts, _labels, _weights) = ([], [0], [], []);
    }

    private void Reserve(int bytes)
    {
        ObjectDisposedException.ThrowIf(_slab.Length == 0, this);
        if (bytes > _slab.Length - _used)
            _slab = Grow(_slab, _used, checked(_used + bytes));
    }

    private static T[] Grow<T>(T[] array, int used, int size = 0)
    {
        // From 1 GiB on doubling overflows, and the larger of both is what is needed.
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(size, unchecked(array.Length * 2)));
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        return larger;
    }
}
