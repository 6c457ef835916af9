namespace HnmStreams.Mining.Pool;

/// <summary>The data of a candidate in the pool except its payload. It fills one cache line if the id is a 64-bit number.</summary>
internal struct PoolEntry<TId>
    where TId : struct, IEquatable<TId>
{
    public TId Id;
    public int Region;
    public float Hardness;

    /// <summary>The candidate's key in the order-statistic tree: priority and slot.</summary>
    public long Order;

    public long Version;
    public long NextStep;
    public int Uses;
    public int Bytes;
    public int Group;

    /// <summary>The candidate's position in the dense array of used slots.</summary>
    public int Place;

    /// <summary>The neighbors in the linked list of an id's regions other than 0: slot + 1, or 0.</summary>
    public int NextRegion, PreviousRegion;
}
