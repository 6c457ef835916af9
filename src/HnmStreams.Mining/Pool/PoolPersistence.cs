using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Pool;

/// <summary>Restores pools from the state that <see cref="PoolSnapshot{TId, TPayload}.Save"/> writes.</summary>
public static class PoolPersistence
{
    /// <summary>
    /// Returns a pool that continues exactly like the saved one. If the options allow fewer candidates or bytes than were saved, the
    /// easiest candidates are evicted. O(n log n).
    /// </summary>
    /// <param name="reader">The saved state.</param>
    /// <param name="ids">Codec of the ids.</param>
    /// <param name="payloads">Codec of the payload handles.</param>
    /// <param name="options">Bounds of the pool, which may differ from the saved ones.</param>
    /// <param name="sampler">A new sampler of the kind that was saved. Its state is restored.</param>
    /// <param name="onRemoved">Called for each payload that leaves the pool, including those that no longer fit.</param>
    /// <exception cref="InvalidDataException">The data is not a saved pool.</exception>
    public static HardPool<TId, TPayload> Restore<TId, TPayload>(
        StateReader reader,
        IStateCodec<TId> ids,
        IStateCodec<TPayload> payloads,
        PoolOptions options,
        ISampler sampler,
        Action<CandidateKey<TId>, TPayload>? onRemoved = null)
        where TId : struct, IEquatable<TId>
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(payloads);
        var pool = new HardPool<TId, TPayload>(options, sampler, onRemoved);
        pool.Load(reader, ids, payloads);
        return pool;
    }
}
