using HnmStreams.Chaos.Networks;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.Chaos.Cluster;

/// <summary>The events of a chaos run of a cluster. Each ends when the learner takes in examples of every partition again.</summary>
/// <param name="network">The network between the processes; null if they run on loopback.</param>
internal sealed class ClusterFaults(ClusterMembers members, KafkaProcess broker, TestNetwork? network)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan TakeoverTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // Longer than the session of a member of the group.
    private static readonly TimeSpan FreezeTime = TimeSpan.FromSeconds(9);

    // The learner takes in what a killed node has sent within this time.
    private static readonly TimeSpan SentTime = TimeSpan.FromMilliseconds(500);

    private readonly List<double> _takeovers = [];
    private readonly List<double> _flows = [];
    private readonly List<double> _heals = [];

    /// <summary>The seconds from each kill of a learner until another one had taken in examples.</summary>
    public IReadOnlyList<double> Takeovers => _takeovers;

    /// <summary>The seconds from each kill of a node until examples of every partition were taken in.</summary>
    public IReadOnlyList<double> Flows => _flows;

    /// <summary>The seconds from the end of each split until examples of every partition were taken in.</summary>
    public IReadOnlyList<double> Heals => _heals;

    /// <summary>Lets an event take place.</summary>
    public async Task ApplyAsync(ScheduledClusterEvent next, CancellationToken cancellation)
    {
        var node = members.Node(next.Node);
        switch (next.Event)
        {
            case ClusterEvent.NodeKill:
                var killed = TimeProvider.System.GetTimestamp();
                await node.KillAsync();
                node.Start();
                await Task.Delay(SentTime, TimeProvider.System, cancellation);
                await members.WaitUntilFlowingAsync(Timeout, cancellation);
                _flows.Add(TimeProvider.System.GetElapsedTime(killed).TotalSeconds);
                return;
            case ClusterEvent.NodeFreeze:
                node.Freeze();
                await Task.Delay(FreezeTime, TimeProvider.System, cancellation);
                node.Continue();
                break;
            case ClusterEvent.LearnerKill:
                await ReplaceLearnerAsync(static learner => learner.KillAsync(), static learner => learner.Start(), cancellation);
                break;
            case ClusterEvent.LearnerFreeze:
                await ReplaceLearnerAsync(
                    static learner =>
                    {
                        learner.Freeze();
                        return Task.CompletedTask;
                    },
                    static learner => learner.Continue(),
                    cancellation);
                break;
            case ClusterEvent.BrokerRestart:
                await broker.StopAsync();
                await broker.RestartAsync();
                break;
            case ClusterEvent.Upgrade:
                await UpgradeAsync(cancellation);
                break;
            case ClusterEvent.Split:
                await SplitAsync(next.Split!, node, cancellation);
                return;
        }

        await members.WaitUntilFlowingAsync(Timeout, cancellation);
    }

    /// <summary>Takes the learner out, waits until the standby has taken in examples, and lets the old one come back as the standby.</summary>
    private async Task ReplaceLearnerAsync(Func<ServiceProcess, Task> takeOut, Action<ServiceProcess> comeBack, CancellationToken cancellation)
    {
        var (learner, standby) = await members.LearnerAsync(Timeout, cancellation);
        await members.WaitUntilStandbyAsync(standby, Timeout, cancellation);
        await takeOut(learner);
        var start = TimeProvider.System.GetTimestamp();
        var (next, _) = await members.LearnerAsync(Timeout, cancellation, other: learner);
        var before = await ClusterMembers.ConsumedAsync(next, cancellation);
        var changed = false;
        while (!changed && TimeProvider.System.GetElapsedTime(start) < TakeoverTimeout)
        {
            await Task.Delay(PollInterval, TimeProvider.System, cancellation);
            changed = await ClusterMembers.ConsumedAsync(next, cancellation) != before;
        }

        // Everything that was sent may have been taken in before the first look: such a takeover is not measured.
        if (changed)
            _takeovers.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        comeBack(learner);
    }

    /// <summary>Stops and starts all processes in the documented order of an update, each when the one before works.</summary>
    private async Task UpgradeAsync(CancellationToken cancellation)
    {
        foreach (var node in members.Nodes)
        {
            await node.TerminateAsync(Timeout);
            node.Start();
            await members.WaitUntilReadyAsync(node, Timeout, cancellation);
        }

        var (learner, standby) = await members.LearnerAsync(Timeout, cancellation);
        await members.WaitUntilStandbyAsync(standby, Timeout, cancellation);
        await standby.TerminateAsync(Timeout);
        standby.Start();
        await members.WaitUntilStandbyAsync(standby, Timeout, cancellation);
        await learner.TerminateAsync(Timeout);
        learner.Start();
        await members.LearnerAsync(Timeout, cancellation);
    }

    private async Task SplitAsync(ScheduledSplit split, ServiceProcess node, CancellationToken cancellation)
    {
        var (learner, _) = await members.LearnerAsync(Timeout, cancellation);
        var (first, second) = split.Edge switch
        {
            SplitEdge.NodeAndLearner => (node.Machine, learner.Machine),
            SplitEdge.NodeAndKafka => (node.Machine, network![ClusterMembers.KafkaMachine]),
            _ => (learner.Machine, network![ClusterMembers.KafkaMachine]),
        };
        network!.Cut(first, second, split.Direction);
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < split.Duration)
        {
            members.StartEnded();
            await Task.Delay(PollInterval, TimeProvider.System, cancellation);
        }

        network.Restore(first, second);
        var healed = TimeProvider.System.GetTimestamp();
        await members.WaitUntilFlowingAsync(Timeout, cancellation);
        _heals.Add(TimeProvider.System.GetElapsedTime(healed).TotalSeconds);
    }
}
