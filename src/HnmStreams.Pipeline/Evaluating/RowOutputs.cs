using System.Buffers;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>Forward passes of a model over a set of rows.</summary>
internal static class RowOutputs
{
    private const int ChunkRows = 512;

    /// <summary>Measures the task's metrics on the rows.</summary>
    /// <returns>The metrics by name; NaN if a metric is not defined.</returns>
    public static IReadOnlyDictionary<string, double> Measure(IMiningTask task, ScoringReplica replica, RowBuffer rows) =>
        new PairedEvaluation(task, rows).Metrics(Of(task, replica, rows));

    /// <summary>Returns the outputs of all rows, concatenated. O(rows) forward passes.</summary>
    /// <param name="replica">The outputs are those of the version that the replica has adopted.</param>
    /// <param name="lanes">Entered once per chunk, so that many rows do not keep the trainer waiting; null if nothing else computes.</param>
    public static float[] Of(IMiningTask task, ScoringReplica replica, RowBuffer rows, ComputeLanes? lanes = null)
    {
        var width = task.OutputWidth;
        var outputs = new float[rows.Count * width];
        var hardness = ArrayPool<float>.Shared.Rent(ChunkRows);
        var indices = ArrayPool<int>.Shared.Rent(ChunkRows);
        for (var from = 0; from < rows.Count; from += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows.Count - from);
            for (var i = 0; i < count; i++)
                indices[i] = from + i;
            using var turn = lanes?.Enter();
            replica.Score(rows, indices.AsSpan(0, count), outputs.AsSpan(from * width, count * width), hardness.AsSpan(0, count));
        }

        ArrayPool<float>.Shared.Return(hardness);
        ArrayPool<int>.Shared.Return(indices);
        return outputs;
    }
}
