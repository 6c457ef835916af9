using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;

namespace HnmStreams.Host.Learner;

/// <summary>The connection between checkpoints and Kafka: ids of cluster and topic, offset commits, and a checkpoint before partitions are revoked.</summary>
/// <remarks>Thread-safe after both <c>Join</c> methods have been called.</remarks>
internal sealed class KafkaPositions(string topic, TopicIdentity identity) : IPositionCommitter, IPartitionsRevoked
{
    // An unreachable broker must not delay the next checkpoint for long.
    private static readonly TimeSpan CommitTimeout = TimeSpan.FromSeconds(15);

    private RecordConsumer _consumer = null!;
    private MiningPipeline? _pipeline;

    /// <summary>Connects the consumer. Must be called before it starts.</summary>
    public void Join(RecordConsumer consumer) => _consumer = consumer;

    /// <summary>Connects the pipeline.</summary>
    public void Join(MiningPipeline pipeline) => Volatile.Write(ref _pipeline, pipeline);

    public IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken) =>
    [
        .. taken.Select(w => Of(w.Topic, w.Partition, w.NextOffset)),
        .. _consumer.Starts.Where(s => !taken.Any(w => w.Partition == s.Key)).Select(s => Of(topic, s.Key, s.Value)),
    ];

    public async Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken) =>
        await _consumer.CommitAsync(positions, cancellationToken).WaitAsync(CommitTimeout, TimeProvider.System, cancellationToken);

    public async Task BeforeRevokedAsync(IReadOnlyList<int> partitions)
    {
        if (Volatile.Read(ref _pipeline) is { } pipeline)
            await pipeline.CheckpointAsync();
    }

    private CheckpointPosition Of(string name, int partition, long next) => new(identity.ClusterId, name, identity.TopicId, partition, next);
}
