namespace HnmStreams.Torch.Learning.Passes;

/// <summary>The division of a batch into parts of about the same size. Pure.</summary>
internal static class BatchParts
{
    /// <param name="rows">The number of rows, 1 or more.</param>
    /// <param name="maxRows">The largest number of rows in a part; 0 for no limit.</param>
    public static IReadOnlyList<(int From, int Count)> Of(int rows, int maxRows)
    {
        if (maxRows == 0 || rows <= maxRows)
            return [(0, rows)];
        var parts = (rows + maxRows - 1) / maxRows;
        var ends = Enumerable.Range(0, parts + 1).Select(i => (int)((long)rows * i / parts)).ToArray();
        return [.. Enumerable.Range(0, parts).Select(i => (ends[i], ends[i + 1] - ends[i]))];
    }
}
