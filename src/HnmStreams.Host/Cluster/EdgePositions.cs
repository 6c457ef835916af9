using HnmStreams.Data.Records;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Cluster;

namespace HnmStreams.Host.Cluster;

/// <summary>The connection between the checkpoints of a learner and the consumer group of its score nodes, which commit the positions.</summary>
internal sealed class EdgePositions(TopicIdentity identity, LearnerEdge edge) : IPositionCommitter
{
    public IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken) =>
        [.. taken.Select(position => new CheckpointPosition(identity.ClusterId, position.Topic, identity.TopicId, position.Partition, position.NextOffset))];

    public Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken)
    {
        edge.Commit(positions);
        return Task.CompletedTask;
    }
}
