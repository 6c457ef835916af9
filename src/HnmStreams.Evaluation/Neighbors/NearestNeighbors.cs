namespace HnmStreams.Evaluation.Neighbors;

/// <summary>A row and its similarity to the query.</summary>
/// <param name="Row">Number of the row.</param>
/// <param name="Similarity">Cosine similarity, -1 to 1; 0 if either embedding is all zero.</param>
public readonly record struct NeighborRow(int Row, double Similarity);

/// <summary>Exact search of the nearest embeddings by cosine similarity.</summary>
public static class NearestNeighbors
{
    /// <summary>Finds the rows nearest to one row. Pure; O(n width + n log n) for n rows to choose from.</summary>
    /// <param name="embeddings">Embeddings, [rows, width] in row-major order.</param>
    /// <param name="width">Number of elements per embedding.</param>
    /// <param name="query">Row to compare with; never part of the result.</param>
    /// <param name="among">Rows to choose from.</param>
    /// <param name="count">Maximum number of rows.</param>
    /// <returns>Up to <paramref name="count"/> rows, nearest first, ties by number. Rows with NaN are excluded.</returns>
    public static IReadOnlyList<NeighborRow> Of(ReadOnlySpan<float> embeddings, int width, int query, IReadOnlyList<int> among, int count)
    {
        ArgumentNullException.ThrowIfNull(among);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var one = embeddings.Slice(query * width, width);
        var length = Math.Sqrt(Dot(one, one));
        var near = new List<NeighborRow>(among.Count);
        foreach (var row in among)
        {
            if (row == query)
                continue;
            var other = embeddings.Slice(row * width, width);
            var product = length * Math.Sqrt(Dot(other, other));
            var similarity = product > 0 ? Math.Clamp(Dot(one, other) / product, -1, 1) : product;
            if (!double.IsNaN(similarity))
                near.Add(new NeighborRow(row, similarity));
        }

        return [.. near.OrderByDescending(n => n.Similarity).ThenBy(n => n.Row).Take(count)];
    }

    // In double precision: squares of small floats would underflow to 0.
    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
