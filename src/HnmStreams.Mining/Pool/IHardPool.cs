using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Pool;

/// <summary>
/// A bounded priority queue of candidates, keyed: it keeps the hardest that it was offered, by count and by bytes.
/// </summary>
/// <typeparam name="TKey">Identity of a candidate.</typeparam>
/// <typeparam name="TPayload">A handle on what is kept; passed through, never looked into.</typeparam>
/// <remarks>One owner, one thread. n is <see cref="Count"/>.</remarks>
public interface IHardPool<TKey, TPayload>
    where TKey : notnull
{
    int Count { get; }

    /// <summary>Sum of what the residents were offered with.</summary>
    long Bytes { get; }

    /// <summary>Hardness that an offer must exceed; negative infinity while there is room. O(1).</summary>
    float Threshold { get; }

    /// <summary>Hardness of the hardest; NaN where empty. O(1).</summary>
    float Hardest { get; }

    /// <summary>
    /// Whether an offer of a new key may enter, so that its payload need not be copied in vain: false is certain; true may
    /// still be refused where several would have to leave for its bytes and one of them is as hard. O(1), no allocation.
    /// </summary>
    bool WouldAccept(float hardness, int bytes);

    /// <summary>Offers a candidate. O(log n), and O(k log n) where k easier ones leave for its bytes.</summary>
    OfferOutcome Offer(TKey key, float hardness, long version, int bytes, TPayload payload);

    /// <summary>A resident was scored again: it moves up or down, whatever the threshold. False for a stranger or a hardness that is not finite. O(log n).</summary>
    bool Update(TKey key, float hardness, long version);

    /// <summary>O(log n).</summary>
    bool Remove(TKey key);

    /// <summary>O(1).</summary>
    bool TryGet(TKey key, out PoolItem<TKey, TPayload> item);

    /// <summary>Appends the hardest, hardest first, without counting a use. O(count log count).</summary>
    void CopyHardest(int count, ICollection<PoolItem<TKey, TPayload>> into);

    /// <summary>
    /// Draws up to <paramref name="count"/> different candidates for a training step and counts their use. Candidates
    /// that cool down are passed over; one that reaches its maximum of uses is given and leaves.
    /// Hardest: O((count + cooling) log n). Uniform: O(count) expected, at most 4 tries for each.
    /// </summary>
    /// <param name="atStep">Number of the step; never smaller than that of an earlier draw.</param>
    void Draw(int count, DrawOrder order, long atStep, Xoshiro256StarStar generator, ICollection<PoolItem<TKey, TPayload>> into);

    /// <summary>Lets go of what was scored too many versions ago, in passes over all. Amortised O(n / maximum age) a version.</summary>
    void Expire(long currentVersion);
}
