namespace HnmStreams.Mining.Pool;

/// <summary>
/// What the pool's order is made of. Without a half-life the priority is the hardness. With one, a score loses half its
/// worth every so many model versions; forward decay (Cormode et al., ICDE 2009) gives the same order once and for all,
/// as log2(hardness) + version / half-life, so that nothing needs to be sorted again as time goes by.
/// </summary>
internal struct PriorityScale(double halfLife)
{
    // At 2^10 a float still tells apart a tenth of a thousandth of an octave.
    private const double RebaseAt = 1_024;

    /// <summary>The version that counts as 0.</summary>
    public long Base { get; private set; }

    public static PriorityScale Restore(double halfLife, long @base) => new(halfLife) { Base = @base };

    public readonly float Of(float hardness, long version) => halfLife > 0
        ? (float)(Math.Log2(Math.Max(hardness, float.Epsilon)) + ((version - Base) / halfLife))
        : hardness;

    /// <summary>The hardness that has this priority at a version.</summary>
    public readonly float HardnessAt(float priority, long version) => halfLife > 0
        ? (float)Math.Pow(2, priority - ((version - Base) / halfLife))
        : priority;

    /// <summary>Whether versions have come so far that priorities lose precision and must all be made again.</summary>
    public bool Rebase(long version)
    {
        if (halfLife <= 0 || (version - Base) / halfLife < RebaseAt)
            return false;
        Base = version;
        return true;
    }
}

/// <summary>
/// A priority and a slot as one number that sorts by priority, then by slot: the float's bits, made to ascend, above 31 bits of slot.
/// </summary>
internal static class OrderKey
{
    private const int SlotBits = 31;

    public static long Of(float priority, int slot)
    {
        // Adding zero makes one of the two zeros; flipping makes negative floats ascend and come first.
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
