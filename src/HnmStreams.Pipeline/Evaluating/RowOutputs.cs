using System.Buffers;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>What a model says of given rows.</summary>
internal static class RowOutputs
{
    private const int ChunkRows = 512;

    /// <returns>The task's metrics by name; NaN where one is not defined.</returns>
    public static IReadOnlyDictionary<string, double> Measure(IMiningTask task, ScoringReplica replica, RowBuffer rows) =>
        new PairedEvaluation(task, rows).Metrics(Of(task, replica, rows));

    /// <param name="replica">Scores under the version that it has adopted.</param>
    /// <param name="lanes">Entered for each chunk, so that many rows do not hold a lane against the trainer; null where nobody else computes.</param>
    /// <returns>Row after row. O(rows) forward passes.</returns>
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
