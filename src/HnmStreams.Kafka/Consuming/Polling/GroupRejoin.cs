using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>
/// The reaction to an assignment that does not fit the topic: the member leaves its group and joins it again, which makes
/// the group compute a new assignment.
/// </summary>
/// <remarks>
/// Consumer thread only. An unsubscribe makes librdkafka send a LeaveGroup request for a static member as well; only a
/// close does not. Nothing of a foreign topic reaches the builder meanwhile, see <see cref="RebalanceHandler.IsForeign"/>.
/// </remarks>
/// <param name="poll">Polls once for at most 100 ms.</param>
internal sealed partial class GroupRejoin(LoopContext context, RebalanceHandler rebalances, GroupCoverage coverage, IConsumer<ByteRange, ByteRange> consumer, Action poll)
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The minimum time between two attempts because of partitions without a member. They stay unread if another member refuses them.</summary>
    private static readonly TimeSpan MinCoverageInterval = TimeSpan.FromSeconds(60);

    private int _attempts;
    private long? _lastForCoverage;

    /// <summary>Rejoins the group if the assignment contains a foreign topic, or if partitions have no member.</summary>
    /// <exception cref="StaleAssignmentException">The group assigned a foreign topic again after several attempts.</exception>
    public void Update()
    {
        if (rebalances.IsForeign)
        {
            if (++_attempts > MaxAttempts)
                throw new StaleAssignmentException(context.Topic, context.GroupId, _attempts);
            LogForeign(context.Logger, rebalances.ForeignTopics, context.Topic, context.GroupId);
            Rejoin();
        }
        else if (coverage.Uncovered.Count > 0 && (_lastForCoverage is not { } last || context.Time.GetElapsedTime(last) >= MinCoverageInterval))
        {
            _lastForCoverage = context.Time.GetTimestamp();
            LogUncovered(context.Logger, context.Topic, string.Join(',', coverage.Uncovered), context.GroupId);
            Rejoin();
        }
        else if (context.State.Positions.HasAssigned)
        {
            _attempts = 0;
        }
    }

    private void Rejoin()
    {
        KafkaInstruments.Rejoins.Add(1);
        consumer.Unsubscribe();
        var started = context.Time.GetTimestamp();
        while (consumer.Assignment.Count > 0 && context.Time.GetElapsedTime(started) < LeaveTimeout)
            poll();
        rebalances.ClearForeign();
        coverage.Invalidate(isJoined: false);
        consumer.Subscribe(context.Topic);
    }

    [LoggerMessage(EventId = 127, Level = LogLevel.Warning, Message = "The group {Group} assigned partitions of {Foreign}, but the configured topic is {Topic}. The consumer reads nothing of them and rejoins the group.")]
    private static partial void LogForeign(ILogger logger, string foreign, string topic, string group);

    [LoggerMessage(EventId = 128, Level = LogLevel.Warning, Message = "The partitions {Topic}[{Partitions}] exist but are assigned to no member of the group {Group}. The consumer rejoins the group.")]
    private static partial void LogUncovered(ILogger logger, string topic, string partitions, string group);
}
