using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Cluster.Learning;

/// <summary>A batch with the session of the node that sent it.</summary>
/// <param name="Bytes">Its size on the wire.</param>
internal sealed record NodeBatch(NodeSession Session, ExampleBatch Batch, int Bytes);
