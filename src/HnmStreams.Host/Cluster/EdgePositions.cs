using HnmStreams.Data.Records;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Cluster;

namespace HnmStreams.Host.Cluster;

/// <summary>The connection between the checkpoints of a learner and the consumer group of its score nodes, which commit the positions.</summary>
internal sealed class EdgePositions(TopicIdentity identity, (string Topic, TopicIdentity Identity)? labels, LearnerEdge edge) : IPositionCommitter
{
    public IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken) =>
        [.. taken.Select(position => Of(IdentityOf(position.Topic), position))];

    public Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken)
    {
        edge.Commit(positions);
        return Task.CompletedTask;
    }

    private TopicIdentity IdentityOf(string topic) => labels is { } known && string.Equals(topic, known.Topic, StringComparison.Ordinal) ? known.Identity : identity;

    private static CheckpointPosition Of(TopicIdentity topic, StreamPosition position) =>
        new(topic.ClusterId, position.Topic, topic.TopicId, position.Partition, position.NextOffset);
}
