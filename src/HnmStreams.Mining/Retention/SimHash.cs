using System.Numerics.Tensors;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// A signature of 64 bits for an embedding: on which side of 64 random hyperplanes it lies (Charikar, "Similarity
/// estimation techniques from rounding algorithms", STOC 2002). Two embeddings at an angle of a differ in 64 a / pi bits on average.
/// </summary>
/// <remarks>Immutable; any thread. 256 bytes a dimension.</remarks>
public sealed class SimHash
{
    private const int Bits = 64;
    private readonly float[] _planes;

    /// <param name="dimension">Numbers in an embedding, 1 or more.</param>
    /// <param name="seed">The same planes for the same seed.</param>
    public SimHash(int dimension, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Dimension = dimension;
        _planes = new float[dimension * Bits];
        var generator = new Xoshiro256StarStar(seed);
        for (var i = 0; i < _planes.Length; i++)
            _planes[i] = NextNormal(generator);
    }

    public int Dimension { get; }

    /// <summary>O(64 dimension), no allocation.</summary>
    public ulong SignatureOf(ReadOnlySpan<float> embedding)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(embedding.Length, Dimension, nameof(embedding));
        var signature = 0UL;
        for (var bit = 0; bit < Bits; bit++)
        {
            if (TensorPrimitives.Dot(embedding, _planes.AsSpan(bit * Dimension, Dimension)) >= 0)
                signature |= 1UL << bit;
        }

        return signature;
    }

    // Box and Muller; one of the pair is enough here.
    private static float NextNormal(Xoshiro256StarStar generator) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - generator.NextDouble())) * Math.Cos(2 * Math.PI * generator.NextDouble()));
}
