using HnmStreams.Pipeline.Batching;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// Memory for what is kept: buffers of evicted examples are used again for the next of the same length, so that a
/// full pool allocates nothing.
/// </summary>
/// <remarks>Owned by the ranking stage: no locks. O(length) to keep, O(1) to release.</remarks>
internal sealed class PayloadStore
{
    private const int SparesPerLength = 256;
    private readonly Dictionary<int, Stack<byte[]>> _spares = [];

    /// <summary>Copies a row out of its batch. Nobody holds it yet.</summary>
    public StoredExample Keep(ExampleBatch batch, int row)
    {
        var payload = batch.Rows.Payload(row);
        var buffer = _spares.TryGetValue(payload.Length, out var spares) && spares.Count > 0 ? spares.Pop() : new byte[payload.Length];
        payload.CopyTo(buffer);
        return new StoredExample(batch.Sources[row], buffer, payload.Length, batch.Rows.Labels[row], batch.Rows.Weights[row]);
    }

    /// <summary>One holder fewer; the buffer of the last is kept for reuse.</summary>
    public void Release(StoredExample example)
    {
        if (--example.Holders > 0)
            return;
        if (!_spares.TryGetValue(example.Buffer.Length, out var spares))
            _spares[example.Buffer.Length] = spares = new Stack<byte[]>();
        if (spares.Count < SparesPerLength)
            spares.Push(example.Buffer);
    }
}
