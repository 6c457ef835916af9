using System.Numerics;

namespace HnmStreams.Mining.Randomness;

/// <summary>The complete state of a generator: 256 bits, never all zero.</summary>
/// <param name="S0">First word.</param>
/// <param name="S1">Second word.</param>
/// <param name="S2">Third word.</param>
/// <param name="S3">Fourth word.</param>
public readonly record struct GeneratorState(ulong S0, ulong S1, ulong S2, ulong S3);

/// <summary>
/// A small pseudorandom number generator whose state can be saved: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number
/// generators", 2018, arXiv 1805.01407), seeded by SplitMix64 as its authors recommend. Not for cryptography.
/// </summary>
/// <remarks>Single-threaded; one owner. Every operation except <see cref="Shuffle"/> takes O(1).</remarks>
public sealed class Xoshiro256StarStar
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>Creates a generator from a seed. Equal seeds give equal sequences.</summary>
    public Xoshiro256StarStar(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    private Xoshiro256StarStar(GeneratorState state) => (_s0, _s1, _s2, _s3) = (state.S0, state.S1, state.S2, state.S3);

    /// <summary>Returns a generator that continues from a saved state.</summary>
    /// <exception cref="ArgumentException">The state is all zero, from which the generator would never leave.</exception>
    public static Xoshiro256StarStar Restore(GeneratorState state) =>
        state == default
            ? throw new ArgumentException("The state of a generator must not be all zero.", nameof(state))
            : new Xoshiro256StarStar(state);

    /// <summary>Continues from a saved state in place, for a generator that other objects hold references to.</summary>
    /// <exception cref="ArgumentException">The state is all zero, from which the generator would never leave.</exception>
    public void Load(GeneratorState state)
    {
        if (state == default)
            throw new ArgumentException("The state of a generator must not be all zero.", nameof(state));
        (_s0, _s1, _s2, _s3) = (state.S0, state.S1, state.S2, state.S3);
    }

    /// <summary>Returns the current state.</summary>
    public GeneratorState Save() => new(_s0, _s1, _s2, _s3);

    /// <summary>
    /// Returns an independent generator for another consumer. Equal states and streams give equal generators. Does not advance this
    /// generator.
    /// </summary>
    /// <param name="stream">Number of the consumer.</param>
    public Xoshiro256StarStar Fork(ulong stream)
    {
        var mixed = stream;
        return new Xoshiro256StarStar(_s0 ^ BitOperations.RotateLeft(_s3, 23) ^ SplitMix(ref mixed));
    }

    /// <summary>Returns 64 uniform bits.</summary>
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

    /// <summary>Returns a uniform number in [0, 1) with 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Returns a uniform, unbiased integer in [0, <paramref name="exclusiveMaximum"/>) (Lemire, arXiv 1805.10941).</summary>
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

    /// <summary>Puts the items into a uniformly random order (Fisher-Yates shuffle). O(n).</summary>
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
