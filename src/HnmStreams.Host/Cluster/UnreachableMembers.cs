using Akka.Actor;
using Akka.Cluster;

namespace HnmStreams.Host.Cluster;

/// <summary>
/// Removes members from the cluster that have been unreachable for <see cref="RemoveAfter"/>. Runs in the learner with the lease only, so that one process
/// decides, and the death of any other ends none of the living. A removed process that still runs has to be started again
/// (<see cref="ClusterMembership.RemovedMessage"/>); before that it returns by itself.
/// </summary>
/// <remarks>Split-brain resolvers count members, and end the smaller half or one half of two. Here a cluster of a learner and a node is common, the lease decides who learns, and nothing depends on the number of members.</remarks>
internal sealed partial class UnreachableMembers : ReceiveActor, IWithTimers
{
    /// <summary>The time for which a member may be unreachable.</summary>
    public static readonly TimeSpan RemoveAfter = TimeSpan.FromSeconds(30);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILogger _logger;

    public UnreachableMembers(ILogger<UnreachableMembers> logger)
    {
        _logger = logger;
        Receive<ClusterEvent.UnreachableMember>(unreachable => Timers.StartSingleTimer(unreachable.Member.UniqueAddress, new Expired(unreachable.Member), RemoveAfter));
        Receive<ClusterEvent.ReachableMember>(reachable => Timers.Cancel(reachable.Member.UniqueAddress));
        Receive<ClusterEvent.MemberRemoved>(removed => Timers.Cancel(removed.Member.UniqueAddress));
        Receive<Expired>(expired => Remove(expired.Member));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Remove(Member member)
    {
        // Another process may have the same address now.
        if (!_cluster.State.Unreachable.Any(unreachable => unreachable.UniqueAddress.Equals(member.UniqueAddress)))
            return;
        LogRemoved(member.Address, RemoveAfter);
        _cluster.Down(member.Address);
    }

    [LoggerMessage(EventId = 251, Level = LogLevel.Warning, Message = "The member {Address} has been unreachable for {Time} and is removed from the cluster. If its process still runs, it ends when it reaches the cluster again, and has to be started again.")]
    private partial void LogRemoved(Address address, TimeSpan time);

    private sealed record Expired(Member Member);
}
