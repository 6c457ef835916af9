using HnmStreams.Chaos.Networks;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Chaos.Cluster;

internal enum ClusterEvent
{
    NodeKill,
    LearnerKill,
    NodeFreeze,
    LearnerFreeze,
    BrokerRestart,
    Upgrade,
    Split,
}

/// <summary>The connection that a split cuts.</summary>
internal enum SplitEdge
{
    NodeAndLearner,
    NodeAndKafka,
    LearnerAndKafka,
}

/// <summary>A split of the network.</summary>
internal sealed record ScheduledSplit(SplitEdge Edge, SplitDirection Direction, TimeSpan Duration);

/// <summary>An event and its time.</summary>
/// <param name="After">The number of examples produced before the event.</param>
/// <param name="Node">The number of the score node that the event concerns.</param>
/// <param name="Split">The split; null for other events.</param>
internal readonly record struct ScheduledClusterEvent(int After, ClusterEvent Event, int Node, ScheduledSplit? Split);

/// <summary>The schedule of a run's events, a function of the seed.</summary>
internal static class ClusterSchedule
{
    private const int Edges = 3, Directions = 3;
    private const double MinSplitSeconds = 3, ShortSplitSeconds = 7;

    // Longer than the cluster waits until it removes a member that cannot be reached: 8 s without a heartbeat, and 20 s without a change.
    private static readonly TimeSpan LongSplit = TimeSpan.FromSeconds(35);
    private const int LongSplitEvery = 4;

    /// <summary>Draws the events, in order, between 5 % and 95 % of the examples. Nine splits in a row cut each edge in each direction.</summary>
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
            .. Enumerable.Repeat(ClusterEvent.Upgrade, options.Upgrades),
            .. Enumerable.Repeat(ClusterEvent.Split, options.Splits),
        ];
        for (var i = events.Count - 1; i > 0; i--)
        {
            var j = generator.NextInt32(i + 1);
            (events[i], events[j]) = (events[j], events[i]);
        }

        var interval = 0.9 * options.Examples / Math.Max(1, events.Count);
        var splits = 0;
        return
        [
            .. events.Select((e, i) => new ScheduledClusterEvent(
                (int)((0.05 * options.Examples) + (i * interval)), e, generator.NextInt32(options.Nodes), e == ClusterEvent.Split ? SplitOf(splits++, generator) : null)),
        ];
    }

    private static ScheduledSplit SplitOf(int number, Xoshiro256StarStar generator) => new(
        (SplitEdge)(number % Edges),
        (SplitDirection)(number / Edges % Directions),
        number % LongSplitEvery == LongSplitEvery - 1 ? LongSplit : TimeSpan.FromSeconds(MinSplitSeconds + (ShortSplitSeconds * generator.NextDouble())));
}
