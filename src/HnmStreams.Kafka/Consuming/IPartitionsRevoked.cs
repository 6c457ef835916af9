namespace HnmStreams.Kafka.Consuming;

/// <summary>Hears that the group takes partitions back, while it waits: the time for a checkpoint and its commit.</summary>
public interface IPartitionsRevoked
{
    /// <summary>Called on the consumer's thread, which waits for the task (bounded by <see cref="ConsumingOptions.RevokeTimeout"/>) and makes commits meanwhile.</summary>
    Task BeforeRevokedAsync(IReadOnlyList<int> partitions);
}
