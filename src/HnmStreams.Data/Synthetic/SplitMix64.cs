using System.Buffers.Binary;

namespace HnmStreams.Data.Synthetic;

/// <summary>
/// A generator of one word of state, so cheap to start that every example has its own: example i is then a function
/// of seed and i alone. Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
/// </summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;
    private ulong _state = state;

    /// <summary>The generator of one example: both words are mixed, so neighbours have nothing in common.</summary>
    public static SplitMix64 Of(ulong seed, long index) => new(Mix(Mix(seed + Gamma) ^ ((ulong)index * Gamma)));

    public ulong NextUInt64() => Mix(_state += Gamma);

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [low, high).</summary>
    public float Between(float low, float high) => low + ((high - low) * NextSingle());

    /// <summary>Uniform in [0, count); the bias for counts this small is below 10^-8.</summary>
    public int Below(int count) => (int)(((NextUInt64() >> 32) * (ulong)count) >> 32);

    /// <summary>Uniform bytes, the same on every machine.</summary>
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
