using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Neighbors;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Tasks;
using HnmStreams.Torch;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>Explains why a candidate is hard, with the evaluator's replica and on its compute lane.</summary>
internal static class HardnessExplainer
{
    /// <summary>The number of neighbors listed per side (positives, negatives).</summary>
    public const int MaxNeighbors = 6;

    /// <summary>The number of regions listed for a task that mines inside its examples.</summary>
    public const int MaxRegions = 5;

    private const int ChunkRows = 256;

    public static Explanation Explain(IMiningTask task, ScoringReplica replica, ComputeLanes lanes, Neighborhood neighborhood)
    {
        var rows = neighborhood.Rows;
        var outputs = new float[task.OutputWidth];
        var hardness = new float[1];
        using (lanes.Enter())
            replica.Score(rows, [0], outputs, hardness);

        // The outputs of an embedding task are its embeddings.
        var isEmbedding = task is IEmbeddingTask;
        var space = NeighborSpace.Embedding;
        var width = isEmbedding ? task.OutputWidth : replica.EmbeddingWidth;
        float[] vectors;
        if (width > 0)
        {
            vectors = isEmbedding ? RowOutputs.Of(task, replica, rows, lanes) : Embed(replica, rows, lanes, width);
        }
        else
        {
            (vectors, width) = InputVectors.Of(task, rows, lanes);
            space = width > 0 ? NeighborSpace.Input : NeighborSpace.None;
        }

        var (positives, negatives) = (Near(neighborhood, vectors, width, positive: true), Near(neighborhood, vectors, width, positive: false));

        var regionTask = task as IRegionTask;
        var regions = regionTask?.HardestRegions(outputs, rows, 0, MaxRegions);
        return new Explanation(
            neighborhood.Candidate,
            replica.Version,
            regions is null ? outputs : [],
            isEmbedding ? Hardness(positives, negatives) : hardness[0],
            positives,
            negatives,
            width > 0 ? neighborhood.Neighbors.Count : 0,
            regions)
        {
            Space = space,
            Probabilities = Probabilities.Of(task, outputs, null),
            Objects = regionTask?.Objects(rows, 0),
            Predictions = regionTask?.Predictions(outputs),
        };
    }

    private static float[] Embed(ScoringReplica replica, RowBuffer rows, ComputeLanes lanes, int width)
    {
        var embeddings = new float[rows.Count * width];
        for (var from = 0; from < rows.Count; from += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows.Count - from);
            // One chunk per turn, so that an explanation never delays training for long.
            using (lanes.Enter())
                replica.Embed(rows, [.. Enumerable.Range(from, count)], embeddings.AsSpan(from * width, count * width));
        }

        return embeddings;
    }

    // The similarity of the nearest example of another group minus that of the nearest of the same group, as in the index.
    private static float Hardness(IReadOnlyList<NearExample> positives, IReadOnlyList<NearExample> negatives) =>
        positives is [var own, ..] && negatives is [var other, ..] ? (float)(other.Similarity - own.Similarity) : float.NaN;

    private static IReadOnlyList<NearExample> Near(Neighborhood neighborhood, float[] vectors, int width, bool positive)
    {
        if (width == 0)
            return [];
        // Row 0 is the candidate.
        var among = Enumerable.Range(1, neighborhood.Neighbors.Count).Where(row => neighborhood.Neighbors[row - 1].IsPositive == positive).ToArray();
        return [.. NearestNeighbors.Of(vectors, width, 0, among, MaxNeighbors).Select(near =>
        {
            var neighbor = neighborhood.Neighbors[near.Row - 1];
            return new NearExample(neighbor.Id, neighbor.Label, near.Similarity, neighbor.Origin, neighborhood.Rows.Payload(near.Row).ToArray());
        })];
    }
}
