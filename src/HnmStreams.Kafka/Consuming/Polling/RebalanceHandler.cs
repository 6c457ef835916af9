using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>
/// The handler of the group's rebalances: start offsets for assigned partitions, detection of foreign topics, a checkpoint
/// before partitions are revoked, and the end of the consumer when they are lost.
/// </summary>
/// <remarks>The client calls it on the consumer thread, inside a poll or a close.</remarks>
internal sealed partial class RebalanceHandler(LoopContext context)
{
    private PartitionsLostException? _lost;

    /// <summary>Set when the consumer leaves its group: no checkpoint is requested and no loss is reported anymore.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>True if partitions were assigned while the loop was paused, so that they have to be paused as well. Reset by the loop.</summary>
    public bool HasUnpausedPartitions { get; set; }

    /// <summary>True if the assignment contains a foreign topic. No record may be accepted until the member has rejoined its group.</summary>
    public bool IsForeign => ForeignTopics.Length > 0;

    /// <summary>The foreign topics in the assignment, separated by commas.</summary>
    public string ForeignTopics { get; private set; } = "";

    /// <summary>Set by each rebalance event; reset by the loop.</summary>
    public bool HasChanged { get; set; }

    /// <summary>Forgets a foreign assignment that was given up.</summary>
    public void ClearForeign() => ForeignTopics = "";

    /// <summary>Returns the offsets at which the new partitions are read. An assignment with a foreign topic is accepted at its end, and nothing of it is read.</summary>
    public IEnumerable<TopicPartitionOffset> OnAssigned(IConsumer<ByteRange, ByteRange> consumer, List<TopicPartition> partitions)
    {
        if (AssignmentCheck.ForeignTopics(context.Topic, partitions) is { Count: > 0 } foreign)
        {
            ForeignTopics = string.Join(',', foreign);
            return partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End));
        }

        var offsets = context.Start.Resolve(consumer, partitions);
        context.Restarts.NoteAssigned(offsets);
        foreach (var partition in partitions)
            context.State.Positions.Assign(partition.Partition.Value);
        HasUnpausedPartitions = context.State.Paused;
        context.Listener?.Assigned(partitions.ConvertAll(partition => partition.Partition.Value));
        Count("assigned");
        LogRebalanced("assigned", Numbers(partitions));
        return offsets;
    }

    /// <summary>Waits until a checkpoint is saved and committed, then releases the partitions. The group waits meanwhile. The records that were read stay in the learner's state.</summary>
    public void OnRevoked(IConsumer<ByteRange, ByteRange> consumer, List<TopicPartitionOffset> partitions)
    {
        partitions = Own(partitions);
        if (partitions.Count == 0)
            return;
        if (context.Listener is not null && !IsLeaving)
            WaitForCheckpoint(consumer, context.Listener, partitions);
        LogRebalanced("revoked", Release("revoked", partitions));
    }

    /// <summary>Releases partitions that the group has already assigned to others. Nothing may be committed for them anymore, and the learner has to return to its newest checkpoint.</summary>
    public void OnLost(List<TopicPartitionOffset> partitions)
    {
        partitions = Own(partitions);
        if (partitions.Count == 0)
            return;
        var numbers = Release("lost", partitions);
        LogLost(context.Logger, context.Topic, numbers);
        _lost = new PartitionsLostException(context.Topic, numbers);
    }

    /// <exception cref="PartitionsLostException">Partitions were lost.</exception>
    public void ThrowIfLost()
    {
        if (_lost is not null && !IsLeaving)
            throw _lost;
    }

    /// <summary>Returns the partitions of which records may have been read.</summary>
    private List<TopicPartitionOffset> Own(List<TopicPartitionOffset> partitions) => partitions.FindAll(partition =>
        string.Equals(partition.Topic, context.Topic, StringComparison.Ordinal) && context.State.Positions.IsAssigned(partition.Partition.Value));

    private void WaitForCheckpoint(IConsumer<ByteRange, ByteRange> consumer, IRebalanceListener listener, List<TopicPartitionOffset> partitions)
    {
        try
        {
            var started = context.Time.GetTimestamp();
            var checkpoint = listener.BeforeRevokedAsync(partitions.ConvertAll(partition => partition.Partition.Value));
            while (!checkpoint.Wait(CommitQueue.ProcessInterval) && context.Time.GetElapsedTime(started) < context.Options.RevokeTimeout)
                context.Commits.Process(consumer);
            context.Commits.Process(consumer);
            if (!checkpoint.IsCompleted)
                LogNoCheckpoint(context.Logger, context.Topic, $"none was saved within consuming.revokeTimeout ({context.Options.RevokeTimeout})");
        }
        catch (AggregateException e)
        {
            LogNoCheckpoint(context.Logger, context.Topic, e.InnerException?.Message ?? e.Message);
        }
    }

    private string Release(string kind, List<TopicPartitionOffset> partitions)
    {
        foreach (var partition in partitions)
            context.State.Positions.Unassign(partition.Partition.Value);
        Count(kind);
        return Numbers(partitions.ConvertAll(partition => partition.TopicPartition));
    }

    private void Count(string kind)
    {
        HasChanged = true;
        context.State.Rebalanced();
        KafkaInstruments.Rebalances.Add(1, KafkaInstruments.Tag("kind", kind));
    }

    private void LogRebalanced(string kind, string partitions) => LogRebalanced(context.Logger, context.Topic, partitions, kind);

    private static string Numbers(List<TopicPartition> partitions) =>
        string.Join(',', partitions.Select(partition => partition.Partition.Value).Order());

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "The partitions {Topic}[{Partitions}] were {Kind}.")]
    private static partial void LogRebalanced(ILogger logger, string topic, string partitions, string kind);

    [LoggerMessage(EventId = 121, Level = LogLevel.Warning, Message = "The partitions {Topic}[{Partitions}] were lost: the group continued without this member.")]
    private static partial void LogLost(ILogger logger, string topic, string partitions);

    [LoggerMessage(EventId = 125, Level = LogLevel.Warning, Message = "Partitions of {Topic} are revoked without a checkpoint: {Reason}.")]
    private static partial void LogNoCheckpoint(ILogger logger, string topic, string reason);
}
