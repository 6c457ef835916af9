using HnmStreams.Mining.Randomness;

namespace HnmStreams.Chaos.Cluster;

internal enum ClusterEvent
{
    NodeKill,
    LearnerKill,
    NodeFreeze,
    LearnerFreeze,
    BrokerRestart,
    RollingRestart,
}

/// <summary>An event and its time.</summary>
/// <param name="After">The number of examples produced before the event.</param>
/// <param name="Node">The number of the score node that the event concerns.</param>
internal readonly record struct ScheduledClusterEvent(int After, ClusterEvent Event, int Node);

/// <summary>The schedule of a run's events, a function of the seed.</summary>
internal static class ClusterSchedule
{
    /// <summary>Draws the events, in order, between 5 % and 95 % of the examples.</summary>
    public static IReadOnlyList<ScheduledClusterEvent> Of(ClusterChaosOptions options)
    {
        var generator = new Xoshiro256StarStar(options.Seed);
        List<ClusterEvent> events =
        [
            .. Enumerable.Repeat(ClusterEvent.NodeKill, options.NodeKills),
            .. Enumerable.Repeat(ClusterEvent.LearnerKill, options.LearnerKills),
            .. Enumerable.Repeat(ClusterEvent.NodeFreeze, options.NodeFreezes),
            .. Enumerable.Repeat(ClusterEvent.LearnerFreeze, options.LearnerFreezes),
            .. Enumerable.Repeat(ClusterEvent.BrokerRestart, options.BrokerRestarts),
            .. Enumerable.Repeat(ClusterEvent.RollingRestart, options.RollingRestarts),
        ];
        for (var i = events.Count - 1; i > 0; i--)
        {
            var j = generator.NextInt32(i + 1);
            (events[i], events[j]) = (events[j], events[i]);
        }

        var interval = 0.9 * options.Examples / Math.Max(1, events.Count);
        return [.. events.Select((e, i) => new ScheduledClusterEvent((int)((0.05 * options.Examples) + (i * interval)), e, generator.NextInt32(options.Nodes)))];
    }
}
