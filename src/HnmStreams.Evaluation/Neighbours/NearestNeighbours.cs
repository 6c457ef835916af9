namespace HnmStreams.Evaluation.Neighbours;

/// <summary>A row and how alike it is.</summary>
/// <param name="Similarity">Cosine of the angle between the embeddings, -1 to 1; 0 where one of them is all zero.</param>
public readonly record struct NearRow(int Row, double Similarity);

/// <summary>Which of some embeddings lie nearest to one.</summary>
public static class NearestNeighbours
{
    /// <param name="embeddings">n x <paramref name="width"/>, row-major.</param>
    /// <param name="query">The row to compare with; it is no neighbour of itself.</param>
    /// <param name="among">Rows to choose from.</param>
    /// <returns>Up to <paramref name="count"/> rows, the nearest first; equal ones by their number. Rows with NaN are left out. Pure, O(n width + n log n).</returns>
    public static IReadOnlyList<NearRow> Of(ReadOnlySpan<float> embeddings, int width, int query, IReadOnlyList<int> among, int count)
    {
        ArgumentNullException.ThrowIfNull(among);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var one = embeddings.Slice(query * width, width);
        var length = Math.Sqrt(Dot(one, one));
        var near = new List<NearRow>(among.Count);
        foreach (var row in among)
        {
            if (row == query)
                continue;
            var other = embeddings.Slice(row * width, width);
            var product = length * Math.Sqrt(Dot(other, other));
            var similarity = product > 0 ? Math.Clamp(Dot(one, other) / product, -1, 1) : product;
            if (!double.IsNaN(similarity))
                near.Add(new NearRow(row, similarity));
        }

        return [.. near.OrderByDescending(n => n.Similarity).ThenBy(n => n.Row).Take(count)];
    }

    // In doubles: squares of small floats would be nothing in floats.
    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
