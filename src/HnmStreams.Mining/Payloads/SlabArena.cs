using System.Runtime.InteropServices;

namespace HnmStreams.Mining.Payloads;

/// <summary>Where a payload lies in a <see cref="SlabArena"/>.</summary>
/// <param name="Length">Bytes of the payload.</param>
public readonly record struct SlabHandle(int Slab, int Offset, int Length);

/// <summary>
/// Memory for payloads outside the collected heap: slabs of a mebibyte, each cut into blocks of one size, so that a
/// million images are a thousand allocations and nothing that a collection has to look at. Freed blocks are filled
/// again; slabs go back only with the arena, whose size therefore is that of its fullest moment. Eight sizes to a
/// doubling: at most an eighth of a block is wasted.
/// </summary>
/// <remarks>
/// One owner, one thread for all but <see cref="Read"/>, which any thread may call for a handle that cannot be freed: one
/// that it was given under a pin. Blocks freed under a pin keep their bytes until every pin taken before is gone.
/// </remarks>
public sealed unsafe class SlabArena(long maximumBytes) : IDisposable
{
    private const int SlabBytes = 1 << 20;
    private const int SmallestBlock = 64;

    private readonly Dictionary<int, Stack<SlabHandle>> _free = [];
    private readonly Queue<(long Epoch, int BlockBytes, SlabHandle Block)> _limbo = new();
    private readonly SortedSet<long> _pins = [];
    private nint[] _slabs = new nint[16];
    private int _slabCount;
    private long _epoch;
    private bool _disposed;

    /// <summary>Bytes of the slabs.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Bytes of the blocks in use.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes that were freed and wait for a pin to go: what snapshots cost beyond the pool itself, at most what was evicted while they lasted.</summary>
    public long PinnedBytes { get; private set; }

    /// <summary>Bytes that a payload of this length takes.</summary>
    public static int BlockBytes(int length)
    {
        if (length <= SmallestBlock)
            return SmallestBlock;
        var step = (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length) / 16);
        return (int)Math.Min(int.MaxValue, ((long)length + step - 1) / step * step);
    }

    /// <summary>Copies a payload in. False where the arena would grow beyond its maximum: nothing has changed then. O(length).</summary>
    public bool TryStore(ReadOnlySpan<byte> payload, out SlabHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Reclaim();
        var bytes = BlockBytes(payload.Length);
        if (!_free.TryGetValue(bytes, out var free))
            _free[bytes] = free = new Stack<SlabHandle>();
        if (free.Count == 0 && !Cut(bytes, free))
        {
            handle = default;
            return false;
        }

        handle = free.Pop() with { Length = payload.Length };
        payload.CopyTo(new Span<byte>((byte*)_slabs[handle.Slab] + handle.Offset, payload.Length));
        UsedBytes += bytes;
        return true;
    }

    /// <summary>The bytes of a payload, until it is freed. O(1).</summary>
    public ReadOnlySpan<byte> Read(SlabHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new ReadOnlySpan<byte>((byte*)Volatile.Read(ref _slabs)[handle.Slab] + handle.Offset, handle.Length);
    }

    /// <summary>Gives a block back, once. O(1).</summary>
    public void Free(SlabHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var bytes = BlockBytes(handle.Length);
        UsedBytes -= bytes;
        if (_pins.Count == 0)
        {
            _free[bytes].Push(handle);
            return;
        }

        PinnedBytes += bytes;
        _limbo.Enqueue((_epoch, bytes, handle));
    }

    /// <summary>From now on nothing that is stored is overwritten, freed or not, until the pin is taken back with <see cref="Unpin"/>. O(log pins).</summary>
    public long Pin()
    {
        _pins.Add(++_epoch);
        return _epoch;
    }

    /// <summary>Takes a pin back. O(log pins), and O(1) amortised for each block that it held.</summary>
    public void Unpin(long pin)
    {
        if (!_pins.Remove(pin))
            throw new ArgumentException($"There is no pin {pin}: each is taken back once.", nameof(pin));
        Reclaim();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        for (var i = 0; i < _slabCount; i++)
            NativeMemory.Free((void*)_slabs[i]);
    }

    // A block freed in an epoch may be seen by the pins up to it.
    private void Reclaim()
    {
        while (_limbo.TryPeek(out var waiting) && (_pins.Count == 0 || waiting.Epoch < _pins.Min))
        {
            _limbo.Dequeue();
            PinnedBytes -= waiting.BlockBytes;
            _free[waiting.BlockBytes].Push(waiting.Block);
        }
    }

    private bool Cut(int blockBytes, Stack<SlabHandle> free)
    {
        var slabBytes = Math.Max(SlabBytes / blockBytes, 1) * (long)blockBytes;
        if (ReservedBytes + slabBytes > maximumBytes)
        {
            // Near the bound a single block is better than none.
            slabBytes = blockBytes;
            if (ReservedBytes + slabBytes > maximumBytes)
                return false;
        }

        if (_slabCount == _slabs.Length)
        {
            var grown = new nint[_slabs.Length * 2];
            _slabs.CopyTo(grown, 0);
            Volatile.Write(ref _slabs, grown);
        }

        _slabs[_slabCount] = (nint)NativeMemory.Alloc((nuint)slabBytes);
        ReservedBytes += slabBytes;
        for (var offset = slabBytes - blockBytes; offset >= 0; offset -= blockBytes)
            free.Push(new SlabHandle(_slabCount, (int)offset, 0));
        _slabCount++;
        return true;
    }
}
