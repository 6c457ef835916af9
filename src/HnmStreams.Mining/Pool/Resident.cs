namespace HnmStreams.Mining.Pool;

/// <summary>All that the pool knows of one resident but its payload: a cache line, where the id is a number of 64 bits.</summary>
internal struct Resident<TId>
    where TId : struct, IEquatable<TId>
{
    public TId Id;
    public int Unit;
    public float Hardness;

    /// <summary>Its key in the order: priority and slot.</summary>
    public long Order;

    public long Version;
    public long NextStep;
    public int Uses;
    public int Bytes;
    public int Group;

    /// <summary>Where it stands among all residents, in no order.</summary>
    public int Place;

    /// <summary>The neighbours among the units other than 0 of one id: slot + 1, or 0.</summary>
    public int NextUnit, PreviousUnit;
}
