using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Kafka.Topics;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>
/// A periodic check that every partition of the topic is assigned to a member of the group. It also measures the lag of the
/// partitions that are not assigned to this consumer.
/// </summary>
/// <remarks>
/// Consumer thread only. One metadata request per check, a few milliseconds; the group is described, and the ends of
/// partitions are requested, only if this consumer does not have all partitions. Every request has a timeout.
/// </remarks>
internal sealed partial class GroupCoverage(LoopContext context, IConsumer<ByteRange, ByteRange> consumer) : IDisposable
{
    /// <summary>The interval while all partitions are covered.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);

    /// <summary>The interval after an incomplete or failed check. A cooperative rebalance has two phases, between which revoked partitions are assigned to no member.</summary>
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);

    private readonly IAdminClient _admin = new DependentAdminClientBuilder(consumer.Handle).Build();
    private IReadOnlyList<int> _previouslyUncovered = [];
    private TimeSpan _interval;
    private long? _checkedAt;
    private bool _isJoined;
    private bool _canDescribeGroups = true;

    /// <summary>True if the newest check found every partition assigned to a member, or if the broker does not describe the group. False before the first check of an assignment.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The partitions that two consecutive checks found assigned to no member.</summary>
    public IReadOnlyList<int> Uncovered { get; private set; } = [];

    /// <summary>Makes a check due at once.</summary>
    /// <param name="isJoined">True after a rebalance; false after the member left its group, until the next rebalance.</param>
    public void Invalidate(bool isJoined)
    {
        _isJoined = isJoined;
        _checkedAt = null;
        IsComplete = false;
        Uncovered = _previouslyUncovered = [];
    }

    /// <summary>Runs a check if it is due, if this member has joined its group, and if the brokers are reachable.</summary>
    public void Update()
    {
        if (!_isJoined || !context.State.IsReachable || (_checkedAt is { } last && context.Time.GetElapsedTime(last) < _interval))
            return;
        try
        {
            Check();
        }
        catch (Exception e) when (e is KafkaException or AggregateException { InnerException: KafkaException })
        {
            // The brokers are unreachable, or the caller may not describe the group.
            LogFailed(context.Logger, context.Topic, (e.InnerException ?? e).Message);
            _interval = RecheckInterval;
        }

        _checkedAt = context.Time.GetTimestamp();
    }

    public void Dispose() => _admin.Dispose();

    private void Check()
    {
        var existing = TopicPartitions.Read(consumer.Handle, context.Topic, RequestTimeout);
        var unassigned = AssignmentCheck.Uncovered(context.Topic, existing, consumer.Assignment);
        context.State.SetUnassigned([.. unassigned.Select(Describe)]);
        var uncovered = unassigned.Count == 0 ? [] : UncoveredByGroup(existing);
        // Null while the group rebalances: the next check decides.
        Uncovered = uncovered is null ? [] : [.. uncovered.Intersect(_previouslyUncovered)];
        _previouslyUncovered = uncovered ?? [];
        IsComplete = uncovered is { Count: 0 };
        _interval = IsComplete ? CheckInterval : RecheckInterval;
    }

    /// <summary>Returns the partitions that are assigned to no member, or null while the group rebalances. Empty if the broker does not describe the group.</summary>
    private IReadOnlyList<int>? UncoveredByGroup(IReadOnlyList<int> existing)
    {
        if (!_canDescribeGroups)
            return [];
        try
        {
            var description = _admin.DescribeConsumerGroupsAsync([context.GroupId], new DescribeConsumerGroupsOptions { RequestTimeout = RequestTimeout })
                .GetAwaiter().GetResult().ConsumerGroupDescriptions[0];
            return description.State == ConsumerGroupState.Stable
                ? AssignmentCheck.Uncovered(context.Topic, existing, description.Members.SelectMany(member => member.Assignment.TopicPartitions))
                : null;
        }
        catch (KafkaException e) when (IsPermanent(e))
        {
            // librdkafka's mock cluster does not support the request, and a broker may reject it for this client.
            _canDescribeGroups = false;
            return [];
        }
    }

    private static bool IsPermanent(KafkaException e) =>
        e.Error.Code == ErrorCode.Local_UnsupportedFeature
        || (e is DescribeConsumerGroupsException described
            && described.Results.ConsumerGroupDescriptions.Exists(group => group.Error.Code == ErrorCode.GroupAuthorizationFailed));

    /// <summary>Returns the lag of a partition that is not assigned to this consumer, from its own position or from the committed offset.</summary>
    private PartitionStatus Describe(int partition)
    {
        var target = new TopicPartition(context.Topic, partition);
        var range = consumer.QueryWatermarkOffsets(target, RequestTimeout);
        var committed = consumer.Committed([target], RequestTimeout)[0].Offset;
        var next = context.State.Positions.Next(partition) ?? (committed.IsSpecial ? range.Low.Value : committed.Value);
        return new PartitionStatus(partition, Math.Max(next, range.Low.Value), range.High.Value, AtEnd: false, IsAssigned: false);
    }

    [LoggerMessage(EventId = 126, Level = LogLevel.Debug, Message = "The partitions of {Topic} that exist cannot be compared with the assignments of the group: {Reason}.")]
    private static partial void LogFailed(ILogger logger, string topic, string reason);
}
