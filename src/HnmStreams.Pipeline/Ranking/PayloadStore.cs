using HnmStreams.Mining.Payloads;
using HnmStreams.Pipeline.Batching;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>Payloads of what is kept, in slabs outside the collected heap: a full pool allocates no payload memory and gives the collector none to look at.</summary>
/// <remarks>Owned by the ranking stage: no locks. O(length) to keep, O(1) to release.</remarks>
internal sealed class PayloadStore : IDisposable
{
    // Pool and reservoirs bound what is kept; the arena need not once more.
    private readonly SlabArena _arena = new(long.MaxValue);

    /// <summary>Bytes of native memory taken.</summary>
    public long ReservedBytes => _arena.ReservedBytes;

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

    public void Dispose() => _arena.Dispose();
}
