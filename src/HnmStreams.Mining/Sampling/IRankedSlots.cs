namespace HnmStreams.Mining.Sampling;

/// <summary>
/// The residents of a pool as a sampler sees them: each has a slot, a small number that stays its own while it is
/// resident, a place in the order of hardness, and a place in no order at all.
/// </summary>
/// <remarks>Valid until the pool changes. n is <see cref="Count"/>.</remarks>
public interface IRankedSlots
{
    int Count { get; }

    /// <summary>Slot of the resident with this rank; 0 is the hardest, <see cref="Count"/> - 1 the easiest. O(log n).</summary>
    int SlotAtRank(int rank);

    /// <summary>How many are harder than the resident of this slot; ties are broken by slot, the same way at all times. O(log n).</summary>
    int RankOf(int slot);

    /// <summary>Slot of the resident at this place, 0 to <see cref="Count"/> - 1, in no particular order. O(1).</summary>
    int SlotAt(int place);

    /// <summary>Always finite. O(1).</summary>
    float HardnessOf(int slot);

    /// <summary>False for one that cools down. O(1).</summary>
    bool MayBeDrawn(int slot);
}
