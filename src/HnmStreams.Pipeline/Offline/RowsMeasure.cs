using HnmStreams.Data.Rows;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Pipeline.Offline;

/// <summary>The task's metrics of a model over given rows.</summary>
internal static class RowsMeasure
{
    private const int ChunkRows = 512;

    /// <param name="replica">Scores under the version that it has adopted.</param>
    /// <returns>Metrics by name; NaN where one is not defined. O(rows) forward passes.</returns>
    public static IReadOnlyDictionary<string, double> Of(IMiningTask task, ScoringReplica replica, RowBuffer rows)
    {
        var metrics = task.CreateMetrics(Math.Max(1, rows.Count));
        var width = task.OutputWidth;
        var (outputs, hardness, indices) = (new float[ChunkRows * width], new float[ChunkRows], new int[ChunkRows]);
        for (var from = 0; from < rows.Count; from += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows.Count - from);
            for (var i = 0; i < count; i++)
                indices[i] = from + i;
            replica.Score(rows, indices.AsSpan(0, count), outputs.AsSpan(0, count * width), hardness.AsSpan(0, count));
            for (var i = 0; i < count; i++)
                metrics.Add(outputs.AsSpan(i * width, width), rows, from + i);
        }

        return metrics.Compute();
    }
}
