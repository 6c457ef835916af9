using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Pool;

/// <summary>A bounded, keyed priority queue that keeps the hardest candidates it was offered, bounded by count and by bytes.</summary>
/// <typeparam name="TId">Identity of an example.</typeparam>
/// <typeparam name="TPayload">Handle of the candidate's data. The pool passes it through and never inspects it.</typeparam>
/// <remarks>Single-threaded; one owner. In the complexities n is <see cref="Count"/>. Only growth and <see cref="Snapshot"/> allocate.</remarks>
public interface IHardPool<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    /// <summary>The number of candidates in the pool.</summary>
    int Count { get; }

    /// <summary>The sum of the sizes in bytes that the candidates were offered with.</summary>
    long Bytes { get; }

    /// <summary>
    /// The number of draws after which a candidate is removed; 0 for no limit. A lower value takes effect at the next draw, also for
    /// candidates that were already drawn more often.
    /// </summary>
    int MaxUses { get; set; }

    /// <summary>
    /// The maximum number of candidates, from 1 to <see cref="PoolOptions.Count"/>. A lower value evicts the easiest candidates at once.
    /// Set: O(k log n) for k evicted candidates.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    int MaxCount { get; set; }

    /// <summary>The hardness that an offer scored by the newest model version must exceed; negative infinity if the pool has room. O(1).</summary>
    float Threshold { get; }

    /// <summary>Returns the easiest candidate, which is evicted next. False if the pool is empty. O(log n).</summary>
    bool TryPeekEasiest(out PoolItem<TId, TPayload> item);

    /// <summary>Returns the number of candidates that are easier than this hardness. O(log n).</summary>
    /// <param name="hardness">The hardness.</param>
    /// <param name="version">Model version that computed the hardness.</param>
    int CountEasier(float hardness, long version);

    /// <summary>Returns the hardest candidate. False if the pool is empty. O(log n).</summary>
    bool TryPeekHardest(out PoolItem<TId, TPayload> item);

    /// <summary>
    /// Returns true if an offer of a new key may be accepted, so that the caller copies a payload only then. False is certain. An offer can
    /// still be refused after true, if several candidates would have to leave to make room for its bytes and one of them is at least as
    /// hard. O(1), no allocation.
    /// </summary>
    /// <param name="hardness">Hardness of the candidate; larger is harder.</param>
    /// <param name="version">Model version that computed the hardness.</param>
    /// <param name="bytes">Size of the payload in bytes.</param>
    /// <param name="group">Class or group whose share is limited by <see cref="PoolOptions.GroupShare"/>.</param>
    bool WouldAccept(float hardness, long version, int bytes, int group = 0);

    /// <summary>
    /// Offers a candidate. To enter a full pool, or a group that has reached its share, it must be harder than the easiest candidate there,
    /// which is evicted; an equally hard one is refused. O(log n), and O(k log n) if k easier candidates are evicted to make room for its
    /// bytes.
    /// </summary>
    /// <param name="key">Key of the candidate. If it is already in the pool, its hardness is updated and the payload is not taken.</param>
    /// <param name="hardness">Hardness of the candidate; larger is harder. A value that is not finite is refused.</param>
    /// <param name="version">Model version that computed the hardness.</param>
    /// <param name="bytes">Size of the payload in bytes, 0 or more.</param>
    /// <param name="payload">Handle of the data. The pool owns it if the outcome is <see cref="OfferOutcome.Added"/>.</param>
    /// <param name="group">Class or group whose share is limited by <see cref="PoolOptions.GroupShare"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    OfferOutcome Offer(CandidateKey<TId> key, float hardness, long version, int bytes, TPayload payload, int group = 0);

    /// <summary>
    /// Selects the candidates of a batch that may be accepted: those at least as hard as the easiest candidate of a full pool. Uses vector
    /// comparisons and no lookups, so the keys must be known to be new: a candidate in the pool that became easier must be updated, not
    /// screened out. Ignores the shares of groups. O(count), no allocation.
    /// </summary>
    /// <param name="hardness">Hardness of each candidate of the batch.</param>
    /// <param name="version">Model version that computed them.</param>
    /// <param name="indices">Receives the selected indices in ascending order; at least as long as <paramref name="hardness"/>.</param>
    /// <returns>The number of indices written.</returns>
    int Screen(ReadOnlySpan<float> hardness, long version, Span<int> indices);

    /// <summary>
    /// Loads into the CPU cache what offers and updates of these keys will access. Call it with 12 to 24 keys just before they are used. It
    /// pays off for pools larger than the second-level cache. O(count); changes nothing.
    /// </summary>
    void Prefetch(ReadOnlySpan<CandidateKey<TId>> keys);

    /// <summary>Updates the hardness of a candidate that was scored again, whatever the threshold. O(log n).</summary>
    /// <returns>False if the key is not in the pool or the hardness is not finite.</returns>
    bool Update(CandidateKey<TId> key, float hardness, long version);

    /// <summary>Removes a candidate. O(log n).</summary>
    /// <returns>False if the key is not in the pool.</returns>
    bool Remove(CandidateKey<TId> key);

    /// <summary>Removes all regions of an example. O(k log n) for k regions.</summary>
    /// <returns>The number of candidates removed.</returns>
    int RemoveAll(TId id);

    /// <summary>Looks a candidate up. O(1).</summary>
    bool TryGet(CandidateKey<TId> key, out PoolItem<TId, TPayload> item);

    /// <summary>Appends the hardest candidates, hardest first, without counting a use. O(count log n).</summary>
    void CopyHardest(int count, ICollection<PoolItem<TId, TPayload>> into);

    /// <summary>Appends the candidates whose score is of an earlier version than a given one, in no particular order. O(n).</summary>
    /// <param name="version">Model version from which on a score is new enough.</param>
    /// <param name="into">Receives the candidates.</param>
    void CopyScoredBefore(long version, ICollection<PoolItem<TId, TPayload>> into);

    /// <summary>
    /// Draws up to <paramref name="count"/> candidates for a training step with the pool's sampler and counts their uses. Skips candidates
    /// that are cooling down. A candidate that reaches its maximum number of uses is returned and removed.
    /// </summary>
    /// <param name="count">Number of candidates to draw.</param>
    /// <param name="atStep">Number of the training step; never smaller than that of an earlier draw.</param>
    /// <param name="generator">Random number generator.</param>
    /// <param name="into">Receives the drawn candidates.</param>
    void Draw(int count, long atStep, Xoshiro256StarStar generator, ICollection<DrawnItem<TId, TPayload>> into);

    /// <summary>
    /// Draws like <see cref="Draw"/> but counts no uses, starts no cool-down and removes nothing, for a learner that must not change the pool.
    /// </summary>
    /// <param name="count">Number of candidates to draw.</param>
    /// <param name="atStep">Number of the training step, for the cool-down of earlier draws.</param>
    /// <param name="generator">Random number generator.</param>
    /// <param name="into">Receives the drawn candidates.</param>
    void Sample(int count, long atStep, Xoshiro256StarStar generator, ICollection<DrawnItem<TId, TPayload>> into);

    /// <summary>
    /// Removes the candidates that were scored more than <see cref="PoolOptions.MaxAge"/> versions ago, by a full scan at most every
    /// eighth of that age. Amortized O(n / maximum age) per version.
    /// </summary>
    void Expire(long currentVersion);

    /// <summary>
    /// Copies the index of the pool, including payload handles. Any thread may read or save the copy while the pool continues to change.
    /// O(n) memory copies. The payloads must stay unchanged until the snapshot is disposed: see <see cref="Payloads.SlabAllocator.Pin"/>.
    /// </summary>
    PoolSnapshot<TId, TPayload> Snapshot();
}
