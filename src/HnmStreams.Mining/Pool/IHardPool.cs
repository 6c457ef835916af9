using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Pool;

/// <summary>
/// A bounded priority queue of candidates, keyed: it keeps the hardest that it was offered, by count and by bytes.
/// </summary>
/// <typeparam name="TId">Identity of an example.</typeparam>
/// <typeparam name="TPayload">A handle on what is kept; passed through, never looked into.</typeparam>
/// <remarks>One owner, one thread. n is <see cref="Count"/>. Nothing allocates but growth, and <see cref="Snapshot"/>.</remarks>
public interface IHardPool<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    int Count { get; }

    /// <summary>Sum of what the residents were offered with.</summary>
    long Bytes { get; }

    /// <summary>How often a candidate is drawn before it leaves, 0 or more; 0 is unlimited. A smaller one applies from the next draw on, to those that were drawn more often too.</summary>
    int MaximumUses { get; set; }

    /// <summary>Hardness that an offer scored by the newest version must exceed; negative infinity while there is room. O(1).</summary>
    float Threshold { get; }

    /// <summary>The easiest, which leaves next; false where empty. O(log n).</summary>
    bool TryPeekEasiest(out PoolItem<TId, TPayload> item);

    /// <summary>The hardest; false where empty. O(log n).</summary>
    bool TryPeekHardest(out PoolItem<TId, TPayload> item);

    /// <summary>
    /// Whether an offer of a new key may enter, so that its payload need not be copied in vain: false is certain; true may
    /// still be refused where several would have to leave for its bytes and one of them is as hard. O(1), no allocation.
    /// </summary>
    bool WouldAccept(float hardness, long version, int bytes, int group = 0);

    /// <summary>
    /// Offers a candidate. To enter a full pool, or a group that is at its share, it must be harder than the easiest
    /// there, which leaves; an equal one is refused. O(log n), and O(k log n) where k easier ones leave for its bytes.
    /// </summary>
    /// <param name="group">Class or group that shares are counted by.</param>
    OfferOutcome Offer(CandidateKey<TId> key, float hardness, long version, int bytes, TPayload payload, int group = 0);

    /// <summary>
    /// Which of a batch of new candidates may enter: those that are as hard as the easiest of a full pool. Vector
    /// comparisons, no lookups: for keys that are known to be new, since a resident that became easier must be updated,
    /// never screened out. A group's share is not looked at. O(count), no allocation.
    /// </summary>
    /// <param name="indices">As long as <paramref name="hardness"/> at least; filled with indices in ascending order.</param>
    /// <returns>How many indices were written.</returns>
    int Screen(ReadOnlySpan<float> hardness, long version, Span<int> indices);

    /// <summary>
    /// Brings into the cache what offers and updates of these keys will look at; a dozen or two at a time, just before.
    /// For pools that the second cache does not hold. O(count), changes nothing.
    /// </summary>
    void Prefetch(ReadOnlySpan<CandidateKey<TId>> keys);

    /// <summary>A resident was scored again: it moves up or down, whatever the threshold. False for a stranger or a hardness that is not finite. O(log n).</summary>
    bool Update(CandidateKey<TId> key, float hardness, long version);

    /// <summary>O(log n).</summary>
    bool Remove(CandidateKey<TId> key);

    /// <summary>Removes all units of an example. O(units log n).</summary>
    /// <returns>How many there were.</returns>
    int RemoveAll(TId id);

    /// <summary>O(1).</summary>
    bool TryGet(CandidateKey<TId> key, out PoolItem<TId, TPayload> item);

    /// <summary>Appends the hardest, hardest first, without counting a use. O(count log n).</summary>
    void CopyHardest(int count, ICollection<PoolItem<TId, TPayload>> into);

    /// <summary>
    /// Draws up to <paramref name="count"/> candidates for a training step by the pool's sampler and counts their use.
    /// Candidates that cool down are passed over; one that reaches its maximum of uses is given and leaves.
    /// </summary>
    /// <param name="atStep">Number of the step; never smaller than that of an earlier draw.</param>
    void Draw(int count, long atStep, Xoshiro256StarStar generator, ICollection<DrawnItem<TId, TPayload>> into);

    /// <summary>Lets go of what was scored too many versions ago, in passes over all. Amortised O(n / maximum age) a version.</summary>
    void Expire(long currentVersion);

    /// <summary>
    /// The index as it stands, payload handles included, to be read or saved on any thread while the pool goes on. O(n)
    /// copying of memory. Payloads must stay as they are until it is disposed: see <see cref="Payloads.SlabArena.Pin"/>.
    /// </summary>
    PoolSnapshot<TId, TPayload> Snapshot();
}
