using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Consuming.Groups;

/// <summary>Callbacks of a rebalance: when the group assigns partitions, and before it revokes them, in time for a checkpoint and its commit.</summary>
public interface IRebalanceListener
{
    /// <summary>
    /// Saves a checkpoint and commits its positions. Called on the consumer thread, which waits for the task (at most
    /// <see cref="ConsumingOptions.RevokeTimeout"/>) and makes the requested commits meanwhile.
    /// </summary>
    Task BeforeRevokedAsync(IReadOnlyList<int> partitions);

    /// <summary>Notes that the group has assigned partitions. Called on the consumer thread, before any of their records is handed over. It must not wait.</summary>
    void Assigned(IReadOnlyList<int> partitions)
    {
    }
}
