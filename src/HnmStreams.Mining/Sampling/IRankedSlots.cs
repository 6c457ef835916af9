namespace HnmStreams.Mining.Sampling;

/// <summary>
/// The candidates of a pool as a sampler sees them. Each has a slot (a small number that stays the same while it is in the pool), a rank by
/// hardness, and a position in an unordered array.
/// </summary>
/// <remarks>Valid until the pool changes. n is <see cref="Count"/>.</remarks>
public interface IRankedSlots
{
    /// <summary>The number of candidates.</summary>
    int Count { get; }

    /// <summary>Returns the slot of the candidate with this rank: 0 is the hardest, <see cref="Count"/> - 1 the easiest. O(log n).</summary>
    int SlotAtRank(int rank);

    /// <summary>
    /// Returns the number of candidates that are harder than the one in this slot. Ties are broken by slot, always the same way. O(log n).
    /// </summary>
    int RankOf(int slot);

    /// <summary>Returns the slot at this position, 0 to <see cref="Count"/> - 1, in no particular order. O(1).</summary>
    int SlotAt(int place);

    /// <summary>Returns the hardness of the candidate in this slot; always finite. O(1).</summary>
    float HardnessOf(int slot);

    /// <summary>Returns false if the candidate is cooling down. O(1).</summary>
    bool MayBeDrawn(int slot);
}
