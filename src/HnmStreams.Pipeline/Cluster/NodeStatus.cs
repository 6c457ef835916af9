namespace HnmStreams.Pipeline.Cluster;

/// <summary>A score node as the learner sees it. Immutable.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Partitions">The partitions that it reads.</param>
/// <param name="Scored">Rows scored since the node's start.</param>
/// <param name="ScoredPerSecond">Rows per second, between the node's last two messages.</param>
/// <param name="ScoringSeconds">Compute seconds of scoring since the node's start.</param>
/// <param name="BytesRead">Bytes of keys and values that the node has read since its start.</param>
/// <param name="BytesSent">Bytes of batches that the node has sent since its start.</param>
/// <param name="Lag">Records that the node has still to read.</param>
/// <param name="Version">The version of the weights that it scores with.</param>
/// <param name="Batches">Batches of the present session that were admitted.</param>
/// <param name="SecondsSinceAdmission">Seconds since a batch of the node was admitted; null before the first.</param>
/// <param name="SecondsSinceMessage">Seconds since the node's last message.</param>
public sealed record NodeStatus(
    string Node,
    IReadOnlyList<int> Partitions,
    long Scored,
    double ScoredPerSecond,
    double ScoringSeconds,
    long BytesRead,
    long BytesSent,
    long Lag,
    long Version,
    long Batches,
    double? SecondsSinceAdmission,
    double SecondsSinceMessage);
