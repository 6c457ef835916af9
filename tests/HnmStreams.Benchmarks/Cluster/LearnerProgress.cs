using System.Text.Json;
using HnmStreams.Pipeline.Ranking.Sharing;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>The progress of a learner, from its API. Bytes are those of its score nodes.</summary>
/// <param name="HeldOut">The average precision on held-out examples; null before the first evaluation, or if the task has another metric.</param>
internal readonly record struct LearnerProgress(long Consumed, long Steps, long BytesRead, long BytesSent, long Admitted, long Missed, long Version, long EvaluatedVersion, double? HeldOut)
{
    /// <param name="learner">The object <c>learner</c> of <c>/api/status</c>.</param>
    public static LearnerProgress Of(JsonElement learner)
    {
        var (training, evaluation) = (learner.GetProperty("training"), learner.GetProperty("evaluation"));
        var ranking = learner.GetProperty("ranking");
        JsonElement[] nodes = learner.TryGetProperty("cluster", out var cluster) && cluster.ValueKind == JsonValueKind.Object ? [.. cluster.GetProperty("nodes").EnumerateArray()] : [];
        var bound = ranking.TryGetProperty("bound", out var status) && status.ValueKind == JsonValueKind.Object ? status.Deserialize<BoundStatus>(JsonSerializerOptions.Web)! : new BoundStatus(0, 0);
        return new LearnerProgress(
            ranking.GetProperty("stream").GetProperty("consumed").GetInt64(),
            training.GetProperty("steps").GetInt64(),
            nodes.Sum(node => node.GetProperty("bytesRead").GetInt64()),
            nodes.Sum(node => node.GetProperty("bytesSent").GetInt64()),
            bound.Admitted,
            bound.Missed,
            training.GetProperty("modelVersion").GetInt64(),
            evaluation.GetProperty("modelVersion").GetInt64(),
            evaluation.GetProperty("heldOut").TryGetProperty("averagePrecision", out var precision) && precision.ValueKind == JsonValueKind.Number ? precision.GetDouble() : null);
    }
}
