using HnmStreams.Data.Examples;
using HnmStreams.Mining.Payloads;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory;

/// <summary>The payloads of all kept examples, in slabs outside the managed heap: a full pool allocates no payload memory, and the garbage collector scans none.</summary>
/// <remarks>
/// Owned by the ranking stage: no locks. Keeping is O(length), releasing is O(1). Pool, reservoirs, fresh positives, quarantine and group
/// index all hold their examples here, so that one filter of ids tells that an arriving example is new to all of them.
/// </remarks>
/// <param name="expectedExamples">About the number of examples that are kept.</param>
internal sealed class PayloadStore(long expectedExamples = 0) : IDisposable
{
    // Pool and reservoirs bound the memory; the slabs need no separate limit.
    private readonly SlabAllocator _slabs = new(long.MaxValue);
    private readonly IdFilter _ids = new(expectedExamples);

    // The owner, and each capture that is still being written.
    private int _users = 1;

    /// <summary>The bytes of native memory that are reserved.</summary>
    public long ReservedBytes => _slabs.ReservedBytes;

    /// <summary>The bytes of released payloads that a capture still pins.</summary>
    public long PinnedBytes => _slabs.PinnedBytes;

    /// <summary>Copies a row out of its batch. The example has no holder yet.</summary>
    public StoredExample Keep(ExampleBatch batch, int row)
    {
        _slabs.TryStore(batch.Rows.Payload(row), out var payload);
        var source = batch.SourceOf(row);
        _ids.Add(source.Key);
        return new StoredExample(source, payload, batch.Rows.Labels[row], batch.Rows.Weights[row]);
    }

    /// <summary>Returns false if no example with this id is kept. May return true although none is.</summary>
    public bool MayKeep(ExampleKey id) => _ids.MayContain(id);

    /// <summary>Returns the payload of an example. The payload of a released example is valid until the next one is kept.</summary>
    public ReadOnlySpan<byte> Read(StoredExample example) => _slabs.Read(example.Payload);

    /// <summary>Removes one holder. The payload is freed with the last.</summary>
    public void Release(StoredExample example)
    {
        if (--example.Holders > 0)
            return;
        _slabs.Free(example.Payload);
        _ids.Remove(example.Source.Key);
    }

    /// <summary>Keeps a payload of a checkpoint. The example has no holder yet.</summary>
    public StoredExample Keep(in RowSource source, ReadOnlySpan<byte> payload, int label, float weight)
    {
        _slabs.TryStore(payload, out var handle);
        _ids.Add(source.Key);
        return new StoredExample(source, handle, label, weight);
    }

    /// <summary>Pins all payloads: they stay readable on any thread until <see cref="Unpin"/>, and the memory stays until <see cref="Leave"/>.</summary>
    public long Pin()
    {
        Interlocked.Increment(ref _users);
        return _slabs.Pin();
    }

    /// <summary>Releases a pin. On the owner's thread.</summary>
    public void Unpin(long pin) => _slabs.Unpin(pin);

    /// <summary>Ends the use by a capture. On any thread. The last user frees the memory, even after the owner was disposed.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            _slabs.Dispose();
    }

    public void Dispose() => Leave();
}
