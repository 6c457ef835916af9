using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Consuming.Groups;

/// <summary>A callback before the group revokes partitions, in time for a checkpoint and its commit.</summary>
public interface IPartitionsRevoked
{
    /// <summary>
    /// Saves a checkpoint and commits its positions. Called on the consumer thread, which waits for the task (at most
    /// <see cref="ConsumingOptions.RevokeTimeout"/>) and makes the requested commits meanwhile.
    /// </summary>
    Task BeforeRevokedAsync(IReadOnlyList<int> partitions);
}
