using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Tasks;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>The standardized inputs of rows, by which examples are compared if the network has no embedding.</summary>
internal static class InputVectors
{
    /// <summary>The maximum number of floats per row. Larger inputs would take too much memory.</summary>
    public const int MaxWidth = 4_096;

    private const int ChunkRows = 256;

    /// <summary>Returns the inputs of all rows, row-major, with mean 0 and variance 1 per column, so that columns of any scale count alike. Constant columns are 0.</summary>
    /// <returns>The vectors and their width; 0 if the inputs are not dense, or wider than <see cref="MaxWidth"/>.</returns>
    public static (float[] Vectors, int Width) Of(IMiningTask task, RowBuffer rows, ComputeLanes lanes)
    {
        // Hashed features are pairs of bucket and weight, in a tensor as long as the longest row: they have no columns to compare.
        if (!task.HasDenseInputs)
            return ([], 0);
        var vectors = Array.Empty<float>();
        var width = 0;
        for (var from = 0; from < rows.Count; from += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows.Count - from);
            using var turn = lanes.Enter();
            using var scope = NewDisposeScope();
            var input = task.Collate(rows, [.. Enumerable.Range(from, count)]).to(ScalarType.Float32).reshape(count, -1).contiguous();
            if (from == 0)
            {
                if (input.shape[1] > MaxWidth)
                    return ([], 0);
                (width, vectors) = ((int)input.shape[1], new float[rows.Count * input.shape[1]]);
            }

            MemoryMarshal.Cast<byte, float>(input.bytes).CopyTo(vectors.AsSpan(from * width));
        }

        Standardize(vectors, width);
        return (vectors, width);
    }

    /// <summary>Subtracts the mean of each column and divides by its standard deviation. O(values).</summary>
    internal static void Standardize(Span<float> vectors, int width)
    {
        for (var column = 0; column < width; column++)
        {
            var (sum, squares, count) = (0.0, 0.0, vectors.Length / width);
            for (var i = column; i < vectors.Length; i += width)
                sum += vectors[i];
            var mean = sum / count;
            for (var i = column; i < vectors.Length; i += width)
                squares += (vectors[i] - mean) * (vectors[i] - mean);
            var deviation = Math.Sqrt(squares / count);
            for (var i = column; i < vectors.Length; i += width)
                vectors[i] = deviation > 0 ? (float)((vectors[i] - mean) / deviation) : 0;
        }
    }
}
