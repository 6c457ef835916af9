using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;

namespace HnmStreams.Host.Learner;

/// <summary>The connection between checkpoints and Kafka: ids of cluster and topic, offset commits, and a checkpoint before partitions are revoked.</summary>
/// <remarks>Thread-safe after both <c>Join</c> methods have been called.</remarks>
internal sealed class KafkaPositions(string topic, TopicIdentity identity, TopicIdentity? labelsIdentity) : IPositionCommitter, IRebalanceListener
{
    // An unreachable broker must not delay the next checkpoint for long.
    private static readonly TimeSpan CommitTimeout = TimeSpan.FromSeconds(15);

    private StreamConsumers _consumers = null!;
    private MiningPipeline? _pipeline;

    /// <summary>Connects the consumers. Must be called before they start.</summary>
    public void Join(StreamConsumers consumers) => _consumers = consumers;

    /// <summary>Connects the pipeline.</summary>
    public void Join(MiningPipeline pipeline) => Volatile.Write(ref _pipeline, pipeline);

    public IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken) =>
    [
        .. taken.Select(w => Of(w.Topic, w.Partition, w.NextOffset)),
        .. _consumers.Starts(topic).Where(s => !taken.Any(w => w.Partition == s.Partition && string.Equals(w.Topic, s.Topic, StringComparison.Ordinal))).Select(s => Of(s.Topic, s.Partition, s.NextOffset)),
    ];

    public async Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken) =>
        await _consumers.CommitAsync(positions, cancellationToken).WaitAsync(CommitTimeout, TimeProvider.System, cancellationToken);

    public async Task BeforeRevokedAsync(IReadOnlyList<int> partitions)
    {
        if (Volatile.Read(ref _pipeline) is { } pipeline)
            await pipeline.CheckpointAsync();
    }

    private CheckpointPosition Of(string name, int partition, long next)
    {
        var known = _consumers.IsOfLabels(name) && labelsIdentity is not null ? labelsIdentity : identity;
        return new CheckpointPosition(known.ClusterId, name, known.TopicId, partition, next);
    }
}
