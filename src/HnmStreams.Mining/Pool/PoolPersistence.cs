using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Pool;

/// <summary>Pools from saved states; <see cref="PoolSnapshot{TId, TPayload}.Save"/> writes them.</summary>
public static class PoolPersistence
{
    /// <summary>
    /// A pool that goes on exactly as the saved one would have. Where the options allow fewer candidates or bytes than
    /// were saved, the easiest leave. O(n log n).
    /// </summary>
    /// <param name="sampler">A new one of the kind that was saved; its state is read.</param>
    /// <param name="left">Told of each payload that leaves, here already of those that no longer fit.</param>
    /// <exception cref="InvalidDataException">The state is not a pool's.</exception>
    public static HardPool<TId, TPayload> Restore<TId, TPayload>(
        StateReader reader,
        IStateCodec<TId> ids,
        IStateCodec<TPayload> payloads,
        PoolOptions options,
        ISampler sampler,
        Action<CandidateKey<TId>, TPayload>? left = null)
        where TId : struct, IEquatable<TId>
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(payloads);
        var pool = new HardPool<TId, TPayload>(options, sampler, left);
        pool.Load(reader, ids, payloads);
        return pool;
    }
}
