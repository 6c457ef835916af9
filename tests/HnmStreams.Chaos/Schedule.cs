using HnmStreams.Mining.Randomness;

namespace HnmStreams.Chaos;

internal enum ChaosEvent
{
    /// <summary>SIGKILL to the service, which is started again.</summary>
    Kill,

    /// <summary>The broker is stopped, or killed, and started again on its data.</summary>
    BrokerRestart,

    /// <summary>A stranger joins the consumer group and leaves it.</summary>
    Rebalance,
}

/// <param name="After">Examples produced before it.</param>
/// <param name="Delay">Beyond that, so that it falls into any phase of the service's work.</param>
/// <param name="Hard">A broker that is killed instead of stopped; a service that is killed without waiting until it works.</param>
internal readonly record struct ScheduledEvent(int After, ChaosEvent Event, TimeSpan Delay, bool Hard);

/// <summary>What happens when: a function of the seed.</summary>
internal static class Schedule
{
    private const double HardShare = 0.35;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1.5);

    /// <returns>In the order in which they happen, at different counts between 2 % and 98 % of the examples.</returns>
    public static IReadOnlyList<ScheduledEvent> Of(int kills, int brokerRestarts, int rebalances, int examples, ulong seed)
    {
        var generator = new Xoshiro256StarStar(seed);
        List<ChaosEvent> events =
        [
            .. Enumerable.Repeat(ChaosEvent.Kill, kills),
            .. Enumerable.Repeat(ChaosEvent.BrokerRestart, brokerRestarts),
            .. Enumerable.Repeat(ChaosEvent.Rebalance, rebalances),
        ];
        for (var i = events.Count - 1; i > 0; i--)
        {
            var j = (int)generator.NextInt64(i + 1);
            (events[i], events[j]) = (events[j], events[i]);
        }

        var between = 0.96 * examples / Math.Max(1, events.Count);
        return
        [
            .. events.Select((e, i) => new ScheduledEvent(
                (int)((0.02 * examples) + ((i + generator.NextDouble()) * between)),
                e,
                LongestDelay * generator.NextDouble(),
                generator.NextDouble() < HardShare)),
        ];
    }
}
