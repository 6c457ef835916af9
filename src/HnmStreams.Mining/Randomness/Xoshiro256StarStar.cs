using System.Numerics;

namespace HnmStreams.Mining.Randomness;

/// <summary>The 256 bits that are all a generator is; never all zero.</summary>
public readonly record struct GeneratorState(ulong S0, ulong S1, ulong S2, ulong S3);

/// <summary>
/// A small generator whose state can be saved: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number
/// generators", 2018, arXiv 1805.01407), seeded by SplitMix64 as its authors advise. Not for secrets.
/// </summary>
/// <remarks>One owner, one thread. Every method O(1) but <see cref="Shuffle"/>.</remarks>
public sealed class Xoshiro256StarStar
{
    private ulong _s0, _s1, _s2, _s3;

    public Xoshiro256StarStar(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    private Xoshiro256StarStar(GeneratorState state) => (_s0, _s1, _s2, _s3) = (state.S0, state.S1, state.S2, state.S3);

    /// <exception cref="ArgumentException">The state is all zero, from which the generator never leaves.</exception>
    public static Xoshiro256StarStar Restore(GeneratorState state) =>
        state == default
            ? throw new ArgumentException("The state of a generator is never all zero.", nameof(state))
            : new Xoshiro256StarStar(state);

    /// <summary>Goes on from a saved state, in place: for a generator that others hold on to.</summary>
    /// <exception cref="ArgumentException">The state is all zero, from which the generator never leaves.</exception>
    public void Load(GeneratorState state)
    {
        if (state == default)
            throw new ArgumentException("The state of a generator is never all zero.", nameof(state));
        (_s0, _s1, _s2, _s3) = (state.S0, state.S1, state.S2, state.S3);
    }

    public GeneratorState Save() => new(_s0, _s1, _s2, _s3);

    /// <summary>A generator of its own for one more consumer; the same for the same state and <paramref name="stream"/>. Does not advance this one.</summary>
    public Xoshiro256StarStar Fork(ulong stream)
    {
        var mixed = stream;
        return new Xoshiro256StarStar(_s0 ^ BitOperations.RotateLeft(_s3, 23) ^ SplitMix(ref mixed));
    }

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="exclusiveMaximum"/>), without bias (Lemire, arXiv 1805.10941).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not above 0.</exception>
    public long NextInt64(long exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMaximum);
        var range = (ulong)exclusiveMaximum;
        var high = Math.BigMul(NextUInt64(), range, out var low);
        if (low < range)
        {
            var threshold = unchecked(0UL - range) % range;
            while (low < threshold)
                high = Math.BigMul(NextUInt64(), range, out low);
        }

        return (long)high;
    }

    /// <inheritdoc cref="NextInt64"/>
    public int NextInt32(int exclusiveMaximum) => (int)NextInt64(exclusiveMaximum);

    /// <summary>Puts the items into a uniformly random order (Fisher and Yates). O(n).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
