using System.Runtime.InteropServices;

namespace HnmStreams.Mining.Payloads;

/// <summary>The location of a payload in a <see cref="SlabAllocator"/>.</summary>
/// <param name="Slab">Number of the slab.</param>
/// <param name="Offset">Offset in the slab, in bytes.</param>
/// <param name="Length">Length of the payload in bytes.</param>
public readonly record struct SlabHandle(int Slab, int Offset, int Length);

/// <summary>
/// A slab allocator for payloads outside the garbage-collected heap. Slabs of one mebibyte are divided into blocks of one size each, so
/// that a million images need about a thousand allocations and none that the garbage collector must scan. Freed blocks are reused. Slabs
/// are returned only when the allocator is disposed, so its size is the peak. There are eight block sizes per power of two: at most an
/// eighth of a block is wasted.
/// </summary>
/// <param name="maxBytes">Maximum size of all slabs in bytes.</param>
/// <remarks>
/// Single-threaded; one owner. The exception is <see cref="Read"/>, which any thread may call with a handle that cannot be freed, that is,
/// one obtained under a pin. Blocks freed under a pin keep their content until all pins taken before are released.
/// </remarks>
public sealed unsafe class SlabAllocator(long maxBytes) : IDisposable
{
    private const int SlabBytes = 1 << 20;
    private const int SmallestBlock = 64;

    private readonly Dictionary<int, Stack<SlabHandle>> _free = [];
    private readonly Queue<(long Epoch, int BlockBytes, SlabHandle Block)> _deferred = new();
    private readonly SortedSet<long> _pins = [];
    private nint[] _slabs = new nint[16];
    private int _slabCount;
    private long _epoch;
    private bool _disposed;

    /// <summary>The size of all slabs in bytes.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>The size of all blocks in use in bytes.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>The size in bytes of the freed blocks whose content is kept because of a pin.</summary>
    public long PinnedBytes { get; private set; }

    /// <summary>Returns the block size in bytes for a payload of this length.</summary>
    public static int BlockBytes(int length)
    {
        if (length <= SmallestBlock)
            return SmallestBlock;
        var step = (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length) / 16);
        return (int)Math.Min(int.MaxValue, ((long)length + step - 1) / step * step);
    }

    /// <summary>Copies a payload into a block. O(length).</summary>
    /// <param name="payload">The bytes to copy.</param>
    /// <param name="handle">Receives the location.</param>
    /// <returns>False if the allocator would exceed its maximum size. Nothing has changed in that case.</returns>
    public bool TryStore(ReadOnlySpan<byte> payload, out SlabHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Reclaim();
        var bytes = BlockBytes(payload.Length);
        if (!_free.TryGetValue(bytes, out var free))
            _free[bytes] = free = new Stack<SlabHandle>();
        if (free.Count == 0 && !AddSlab(bytes, free))
        {
            handle = default;
            return false;
        }

        handle = free.Pop() with { Length = payload.Length };
        payload.CopyTo(new Span<byte>((byte*)_slabs[handle.Slab] + handle.Offset, payload.Length));
        UsedBytes += bytes;
        return true;
    }

    /// <summary>Returns the bytes of a payload, valid until it is freed. O(1).</summary>
    public ReadOnlySpan<byte> Read(SlabHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new ReadOnlySpan<byte>((byte*)Volatile.Read(ref _slabs)[handle.Slab] + handle.Offset, handle.Length);
    }

    /// <summary>Frees a block. Call it once per handle. O(1).</summary>
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
        _deferred.Enqueue((_epoch, bytes, handle));
    }

    /// <summary>Keeps the content of all stored payloads, freed or not, until <see cref="Unpin"/> is called. O(log pins).</summary>
    /// <returns>The pin.</returns>
    public long Pin()
    {
        _pins.Add(++_epoch);
        return _epoch;
    }

    /// <summary>Releases a pin. O(log pins), and amortized O(1) per block that it kept.</summary>
    /// <exception cref="ArgumentException">The pin does not exist or was already released.</exception>
    public void Unpin(long pin)
    {
        if (!_pins.Remove(pin))
            throw new ArgumentException($"There is no pin {pin}: a pin must be released once.", nameof(pin));
        Reclaim();
    }

    /// <summary>Returns all slabs to the operating system. Handles are invalid afterwards.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        for (var i = 0; i < _slabCount; i++)
            NativeMemory.Free((void*)_slabs[i]);
    }

    // A block freed in an epoch may be read under the pins up to that epoch.
    private void Reclaim()
    {
        while (_deferred.TryPeek(out var waiting) && (_pins.Count == 0 || waiting.Epoch < _pins.Min))
        {
            _deferred.Dequeue();
            PinnedBytes -= waiting.BlockBytes;
            _free[waiting.BlockBytes].Push(waiting.Block);
        }
    }

    private bool AddSlab(int blockBytes, Stack<SlabHandle> free)
    {
        var slabBytes = Math.Max(SlabBytes / blockBytes, 1) * (long)blockBytes;
        if (ReservedBytes + slabBytes > maxBytes)
        {
            // Near the maximum size, a slab of a single block is tried.
            slabBytes = blockBytes;
            if (ReservedBytes + slabBytes > maxBytes)
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
