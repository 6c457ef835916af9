using HnmStreams.Mining.Randomness;

namespace HnmStreams.Chaos;

internal enum ChaosEvent
{
    /// <summary>The service is killed with SIGKILL and restarted.</summary>
    Kill,

    /// <summary>The broker is stopped or killed, and restarted with its data.</summary>
    BrokerRestart,

    /// <summary>Another member joins the consumer group and leaves it.</summary>
    Rebalance,

    /// <summary>
    /// The service is killed and restarted at once with another topic, within the session timeout of its group: the broker still has the
    /// assignment of the old topic.
    /// </summary>
    TopicSwitch,

    /// <summary>The service is killed, a partition is added to its topic, and the service is restarted within the session timeout.</summary>
    AddedPartition,
}

/// <summary>An event and its time.</summary>
/// <param name="After">The number of examples produced before the event.</param>
/// <param name="Delay">A further delay, so that the event falls into any phase of the service's work.</param>
/// <param name="Hard">True if the broker is killed instead of stopped, or if the service is killed before it has read records.</param>
internal readonly record struct ScheduledEvent(int After, ChaosEvent Event, TimeSpan Delay, bool Hard);

/// <summary>The schedule of a run's events, a function of the seed.</summary>
internal static class Schedule
{
    private const double HardShare = 0.35;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1.5);

    /// <summary>Draws the events.</summary>
    /// <returns>The events in order, between 2 % and 98 % of the examples.</returns>
    public static IReadOnlyList<ScheduledEvent> Of(ChaosOptions options)
    {
        var (examples, generator) = (options.Examples, new Xoshiro256StarStar(options.Seed));
        List<ChaosEvent> events =
        [
            .. Enumerable.Repeat(ChaosEvent.Kill, options.Kills),
            .. Enumerable.Repeat(ChaosEvent.BrokerRestart, options.BrokerRestarts),
            .. Enumerable.Repeat(ChaosEvent.Rebalance, options.Rebalances),
            .. Enumerable.Repeat(ChaosEvent.TopicSwitch, options.TopicSwitches),
            .. Enumerable.Repeat(ChaosEvent.AddedPartition, options.AddedPartitions),
        ];
        for (var i = events.Count - 1; i > 0; i--)
        {
            var j = (int)generator.NextInt64(i + 1);
            (events[i], events[j]) = (events[j], events[i]);
        }

        var interval = 0.96 * examples / Math.Max(1, events.Count);
        return
        [
            .. events.Select((e, i) => new ScheduledEvent(
                (int)((0.02 * examples) + ((i + generator.NextDouble()) * interval)),
                e,
                MaxDelay * generator.NextDouble(),
                generator.NextDouble() < HardShare)),
        ];
    }
}
