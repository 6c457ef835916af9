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
        var (outputs, width) = (Outputs(task, replica, rows), task.OutputWidth);
        var metrics = task.CreateMetrics(Math.Max(1, rows.Count));
        for (var row = 0; row < rows.Count; row++)
            metrics.Add(outputs.AsSpan(row * width, width), rows, row);
        return metrics.Compute();
    }

    /// <returns>The model's outputs, row after row.</returns>
    public static float[] Outputs(IMiningTask task, ScoringReplica replica, RowBuffer rows)
    {
        var width = task.OutputWidth;
        var (outputs, hardness, indices) = (new float[rows.Count * width], new float[ChunkRows], new int[ChunkRows]);
        for (var from = 0; from < rows.Count; from += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows.Count - from);
            for (var i = 0; i < count; i++)
                indices[i] = from + i;
            replica.Score(rows, indices.AsSpan(0, count), outputs.AsSpan(from * width, count * width), hardness.AsSpan(0, count));
        }

        return outputs;
    }
}
