using HnmStreams.Mining.Payloads;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory;

/// <summary>Payloads of what is kept, in slabs outside the collected heap: a full pool allocates no payload memory and gives the collector none to look at.</summary>
/// <remarks>Owned by the ranking stage: no locks. O(length) to keep, O(1) to release.</remarks>
internal sealed class PayloadStore : IDisposable
{
    // Pool and reservoirs bound what is kept; the arena need not once more.
    private readonly SlabAllocator _arena = new(long.MaxValue);
    // The owner, and each capture that is still being written.
    private int _users = 1;

    /// <summary>Bytes of native memory taken.</summary>
    public long ReservedBytes => _arena.ReservedBytes;

    /// <summary>Bytes freed that a capture still holds.</summary>
    public long PinnedBytes => _arena.PinnedBytes;

    /// <summary>Copies a row out of its batch. Nobody holds it yet.</summary>
    public StoredExample Keep(ExampleBatch batch, int row)
    {
        _arena.TryStore(batch.Rows.Payload(row), out var payload);
        return new StoredExample(batch.Sources[row], payload, batch.Rows.Labels[row], batch.Rows.Weights[row]);
    }

    /// <summary>The bytes of an example; of one just released, until the next is kept.</summary>
    public ReadOnlySpan<byte> Read(StoredExample example) => _arena.Read(example.Payload);

    /// <summary>One holder fewer; with the last the payload goes.</summary>
    public void Release(StoredExample example)
    {
        if (--example.Holders == 0)
            _arena.Free(example.Payload);
    }

    /// <summary>Keeps a payload that comes from a checkpoint. Nobody holds it yet.</summary>
    public StoredExample Keep(in RowSource source, ReadOnlySpan<byte> payload, int label, float weight)
    {
        _arena.TryStore(payload, out var handle);
        return new StoredExample(source, handle, label, weight);
    }

    /// <summary>From now on all that is kept stays readable on any thread, until <see cref="Unpin"/>, and the memory stays until <see cref="Leave"/>.</summary>
    public long Pin()
    {
        Interlocked.Increment(ref _users);
        return _arena.Pin();
    }

    /// <summary>On the owner's thread.</summary>
    public void Unpin(long pin) => _arena.Unpin(pin);

    /// <summary>A capture reads no more. Any thread; the last one out frees the memory, also where the owner went before.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            _arena.Dispose();
    }

    public void Dispose() => Leave();
}
