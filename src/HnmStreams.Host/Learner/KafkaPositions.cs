using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;

namespace HnmStreams.Host.Learner;

/// <summary>What a checkpoint has to do with Kafka: ids of cluster and topic, commits, and a checkpoint before partitions go.</summary>
/// <remarks>Thread-safe once consumer and pipeline have joined.</remarks>
internal sealed class KafkaPositions(string topic, TopicIdentity identity) : IPositionCommitter, IPartitionsRevoked
{
    // A broker that is away must not hold up the next checkpoint for long.
    private static readonly TimeSpan CommitAtMost = TimeSpan.FromSeconds(15);

    private RecordConsumer _consumer = null!;
    private MiningPipeline? _pipeline;

    /// <summary>Consumer and pipeline know each other by this; called before either starts to work.</summary>
    public void Join(RecordConsumer consumer) => _consumer = consumer;

    public void Join(MiningPipeline pipeline) => Volatile.Write(ref _pipeline, pipeline);

    public IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken) =>
    [
        .. taken.Select(w => Of(w.Topic, w.Partition, w.NextOffset)),
        .. _consumer.Starts.Where(s => !taken.Any(w => w.Partition == s.Key)).Select(s => Of(topic, s.Key, s.Value)),
    ];

    public async Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken) =>
        await _consumer.CommitAsync(positions, cancellationToken).WaitAsync(CommitAtMost, TimeProvider.System, cancellationToken);

    public async Task BeforeRevokedAsync(IReadOnlyList<int> partitions)
    {
        if (Volatile.Read(ref _pipeline) is { } pipeline)
            await pipeline.CheckpointAsync();
    }

    private CheckpointPosition Of(string name, int partition, long next) => new(identity.ClusterId, name, identity.TopicId, partition, next);
}
