using System.Buffers.Binary;

namespace HnmStreams.Data.Synthetic;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014). Its single
/// word of state makes it cheap enough to give every example its own generator: example i is a function of seed and i alone.
/// </summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;
    private ulong _state = state;

    /// <summary>Returns the generator of one example. Seed and index are mixed, so that neighbors are independent.</summary>
    public static SplitMix64 Of(ulong seed, long index) => new(Mix(Mix(seed + Gamma) ^ ((ulong)index * Gamma)));

    public ulong NextUInt64() => Mix(_state += Gamma);

    /// <summary>Returns a uniform number in [0, 1) with 24 bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Returns a uniform number in [0, 1) with 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>Returns a uniform number in [low, high).</summary>
    public float Between(float low, float high) => low + ((high - low) * NextSingle());

    /// <summary>Returns a uniform integer in [0, count). For small counts the bias is below 10^-8.</summary>
    public int Below(int count) => (int)(((NextUInt64() >> 32) * (ulong)count) >> 32);

    /// <summary>Fills the span with uniform bytes, the same on every machine.</summary>
    public void Fill(Span<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, NextUInt64());
        var rest = NextUInt64();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(rest >> (8 * i));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
