using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Scoring;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>A snapshot of a score node. Immutable.</summary>
/// <param name="Name">The name of the node.</param>
/// <param name="WaitsFor">The reason why it does not score now; null if it does.</param>
/// <param name="Epoch">The epoch of the learner; null before the first session.</param>
/// <param name="Sessions">Sessions with a learner so far.</param>
/// <param name="Version">The version of the weights that it scores with; null before the first.</param>
/// <param name="Partitions">The partitions that it reads.</param>
/// <param name="Scored">Rows scored.</param>
/// <param name="DeadLettered">Records and rows that were rejected.</param>
/// <param name="ScoringSeconds">Compute seconds of scoring.</param>
/// <param name="BytesRead">Bytes of keys and values read.</param>
/// <param name="Batches">Batches sent to the learner.</param>
/// <param name="Lag">Records still to read.</param>
/// <param name="Sent">The bytes of batches sent to the learner, by the reason for which they were.</param>
public sealed record ScoreNodeStatus(
    string Name,
    string? WaitsFor,
    long? Epoch,
    long Sessions,
    long? Version,
    IReadOnlyList<int> Partitions,
    long Scored,
    long DeadLettered,
    double ScoringSeconds,
    long BytesRead,
    long Batches,
    long Lag,
    SentBytes Sent)
{
    /// <summary>The time from the arrival of an unlabeled example to its prediction; null before the first.</summary>
    public LatencyStatus? PredictionLatency { get; init; }
}
