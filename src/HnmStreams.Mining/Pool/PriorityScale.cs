namespace HnmStreams.Mining.Pool;

/// <summary>
/// The mapping from a hardness and the model version that computed it to a priority. Without a half-life the priority is the hardness. With
/// one, a score loses half its value every so many model versions. Forward decay (Cormode et al., ICDE 2009) gives this order with
/// priorities that never change, log2(hardness) + version / half-life, so that nothing is sorted again as versions pass.
/// </summary>
internal struct PriorityScale(double halfLife)
{
    // At 2^10 a float still resolves 1/10,000 of a power of two.
    private const double MaxExponent = 1_024;

    /// <summary>The model version that counts as 0.</summary>
    public long Base { get; private set; }

    public static PriorityScale Restore(double halfLife, long @base) => new(halfLife) { Base = @base };

    /// <summary>Returns the priority of a hardness that a model version computed.</summary>
    public readonly float Of(float hardness, long version) => halfLife > 0
        ? (float)(Math.Log2(Math.Max(hardness, float.Epsilon)) + ((version - Base) / halfLife))
        : hardness;

    /// <summary>Returns the hardness that has this priority at a model version.</summary>
    public readonly float HardnessAt(float priority, long version) => halfLife > 0
        ? (float)Math.Pow(2, priority - ((version - Base) / halfLife))
        : priority;

    /// <summary>Moves the base to the version if priorities start to lose precision. Returns true if all priorities must be recomputed.</summary>
    public bool Rebase(long version)
    {
        if (halfLife <= 0 || (version - Base) / halfLife < MaxExponent)
            return false;
        Base = version;
        return true;
    }
}

/// <summary>
/// A priority and a slot packed into one number that sorts by priority, then by slot: the bits of the float, mapped to ascending order,
/// above 31 bits of slot.
/// </summary>
internal static class PriorityKey
{
    private const int SlotBits = 31;

    public static long Of(float priority, int slot)
    {
        // Adding zero turns -0 into 0. Flipping bits makes negative floats ascend and sort first.
        var bits = BitConverter.SingleToInt32Bits(priority + 0f);
        var ascending = (uint)(bits ^ ((bits >> 31) | int.MinValue));
        return ((long)ascending << SlotBits) | (uint)slot;
    }

    public static int SlotOf(long key) => (int)(key & int.MaxValue);

    public static float PriorityOf(long key)
    {
        var ascending = (uint)(key >> SlotBits);
        return BitConverter.UInt32BitsToSingle((ascending & 0x80000000) != 0 ? ascending ^ 0x80000000 : ~ascending);
    }
}
