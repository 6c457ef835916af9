using System.Numerics.Tensors;
using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Search;

namespace HnmStreams.Benchmarks.Search;

/// <summary>A generator of random unit vectors, written to files row by row.</summary>
internal sealed class UnitVectors(int width, ulong seed)
{
    private readonly Xoshiro256StarStar _generator = new(seed);

    /// <summary>Writes candidates and queries.</summary>
    /// <returns>For each query, the index of the candidate that it is derived from.</returns>
    public int[] Write(string queryPath, string candidatePath, int queries, int candidates)
    {
        var row = new float[width];
        using (var file = new VectorFileWriter(candidatePath))
        {
            for (var i = 0; i < candidates; i++)
            {
                Draw(row);
                file.Write(row);
            }
        }

        var positives = new int[queries];
        using var source = new VectorFile(candidatePath, width);
        using var target = new VectorFileWriter(queryPath);
        var positive = new float[width];
        for (var i = 0; i < queries; i++)
        {
            positives[i] = _generator.NextInt32(candidates);
            source.Read(positives[i], positive);
            Draw(row);
            // The component orthogonal to the positive, so that the cosine is exactly the one drawn below.
            TensorPrimitives.MultiplyAdd(positive, -TensorPrimitives.Dot<float>(row, positive), row, row);
            var cosine = 0.2f + (0.7f * (float)_generator.NextDouble());
            TensorPrimitives.Multiply(row, MathF.Sqrt(1 - (cosine * cosine)) / TensorPrimitives.Norm<float>(row), row);
            TensorPrimitives.MultiplyAdd(positive, cosine, row, row);
            target.Write(row);
        }

        return positives;
    }

    // Normalized normal variates (Box and Muller, 1958) are uniformly distributed over all directions.
    private void Draw(Span<float> row)
    {
        for (var i = 0; i < row.Length; i += 2)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * _generator.NextDouble());
            var radius = Math.Sqrt(-2 * Math.Log(1 - _generator.NextDouble()));
            row[i] = (float)(radius * sine);
            if (i + 1 < row.Length)
                row[i + 1] = (float)(radius * cosine);
        }

        TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
    }
}
