using HnmStreams.Chaos.Networks;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.Chaos.Cluster;

/// <summary>One chaos run of a cluster, from the first example to the result.</summary>
internal sealed class ClusterChaosRun(ClusterChaosOptions options, TextWriter output)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<ClusterEvent, int> _applied = [];
    private readonly RunReport _report = new(output, options.Summary);

    /// <summary>Runs the cluster under the scheduled events.</summary>
    /// <returns>True if no example was lost or counted twice and all events took place.</returns>
    public async Task<bool> ExecuteAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Work);
        using var network = options.Network is { } conditions
            ? new TestNetwork([ClusterMembers.KafkaMachine, .. ClusterMembers.LearnerNames, .. ClusterMembers.NodeNames(options.Nodes)], conditions, options.Seed)
            : null;
        var machine = network?[ClusterMembers.KafkaMachine] ?? Machine.Local;
        using var broker = await KafkaProcess.StartAsync(
            options.KafkaHome, Directory.CreateDirectory(Path.Combine(options.Work, "kafka")).FullName, address: machine.Address, command: machine.StartInfo);
        await using var topic = await ChaosTopic.CreateAsync(
            broker.Bootstrap, "chaos", MemberFactory.Group, options.Work, new Uri("http://127.0.0.1:1"), options.Examples, options.Seed, machine: machine);
        using var members = new ClusterMembers(options, topic, network);
        var faults = new ClusterFaults(members, broker, network);
        members.Start();
        await members.LearnerAsync(Timeout, cancellation);
        await RunAsync(topic.Producer, members, faults, cancellation);
        return await EvaluateAsync(members, topic, faults, network, broker.Bootstrap, cancellation);
    }

    private async Task RunAsync(NumberedProducer producer, ClusterMembers members, ClusterFaults faults, CancellationToken cancellation)
    {
        var load = new ClusterLoad(producer, options.Examples, options.Events);
        var schedule = ClusterSchedule.Of(options);
        if (schedule.Count > 0)
            await load.SendDuringAsync(members.WaitUntilFlowingAsync(Timeout, cancellation), schedule[0].After, cancellation);
        for (var i = 0; i < schedule.Count; i++)
        {
            var next = schedule[i];
            var start = _report.Elapsed;
            // Records keep arriving during the event.
            await load.SendDuringAsync(faults.ApplyAsync(next, cancellation), i + 1 < schedule.Count ? schedule[i + 1].After : next.After, cancellation);
            _applied[next.Event] = _applied.GetValueOrDefault(next.Event) + 1;
            _report.Log($"{i + 1} of {options.Events}: {next.Event}{DetailOf(next)}, {(_report.Elapsed - start).TotalSeconds:0.0} s, {producer.Sent} examples");
        }

        await producer.SendUpToAsync(options.Examples, ClusterLoad.MaxPerSecond, cancellation);
        await producer.FlushAsync(cancellation);
    }

    private static string DetailOf(ScheduledClusterEvent next) =>
        next.Split is { } split ? $" of {split.Edge} ({split.Direction}) for {split.Duration.TotalSeconds:0.0} s"
        : next.Event is ClusterEvent.NodeKill or ClusterEvent.NodeFreeze ? $" of node {next.Node}"
        : "";

    private async Task<bool> EvaluateAsync(ClusterMembers members, ChaosTopic topic, ClusterFaults faults, TestNetwork? network, string bootstrap, CancellationToken cancellation)
    {
        var machine = network?[ClusterMembers.KafkaMachine] ?? Machine.Local;
        var (keys, duplicates) = await Task.Run(() => machine.Run(() => TopicReader.Read(bootstrap, topic.Name, topic.Partitions)), cancellation);
        if (duplicates > 0)
            throw new InvalidOperationException($"The producer wrote {duplicates} examples twice, so the result would be meaningless.");
        var learner = await WaitUntilConsumedAsync(members, keys.Count, cancellation);
        var rejected = await ClusterMembers.RejectedAsync(learner, cancellation);
        await members.TerminateOthersAsync(learner, Timeout, cancellation);
        var account = Account.Of(keys, await FinalState.ReadAsync(learner, topic.State, Path.Combine(options.Work, "account.csv"), Timeout, cancellation));
        await _report.WriteAsync(Summarize(members, account, faults, rejected, network?.Dropped ?? 0).ToJson(), cancellation);
        return account.IsExact && account.InTopic == options.Examples && _applied.Values.Sum() == options.Events;
    }

    /// <summary>Waits until the learner has taken in all examples, or none for the timeout: missing ones are found by the comparison afterwards.</summary>
    private static async Task<ServiceProcess> WaitUntilConsumedAsync(ClusterMembers members, int examples, CancellationToken cancellation)
    {
        var (last, moved) = (-1L, TimeProvider.System.GetTimestamp());
        while (true)
        {
            var (learner, _) = await members.LearnerAsync(Timeout, cancellation);
            var consumed = await ClusterMembers.ConsumedAsync(learner, cancellation) ?? last;
            if (consumed >= examples || (consumed == last && TimeProvider.System.GetElapsedTime(moved) > Timeout))
                return learner;
            if (consumed != last)
                (last, moved) = (consumed, TimeProvider.System.GetTimestamp());
            await Task.Delay(PollInterval, TimeProvider.System, cancellation);
        }
    }

    private ClusterChaosSummary Summarize(ClusterMembers members, Account account, ClusterFaults faults, long rejected, long dropped)
    {
        var (takeovers, flows, heals) = (Sorted(faults.Takeovers), Sorted(faults.Flows), Sorted(faults.Heals));
        return new ClusterChaosSummary(
            options.Seed,
            options.Examples,
            options.Nodes,
            options.Network is not null,
            _applied.GetValueOrDefault(ClusterEvent.NodeKill),
            _applied.GetValueOrDefault(ClusterEvent.LearnerKill),
            _applied.GetValueOrDefault(ClusterEvent.NodeFreeze),
            _applied.GetValueOrDefault(ClusterEvent.LearnerFreeze),
            _applied.GetValueOrDefault(ClusterEvent.Split),
            _applied.GetValueOrDefault(ClusterEvent.BrokerRestart),
            _applied.GetValueOrDefault(ClusterEvent.Upgrade),
            account.InTopic,
            account.Accounted,
            account.Lost,
            account.Repeated,
            account.Foreign,
            members.Starts,
            takeovers[takeovers.Length / 2],
            takeovers[^1],
            flows[flows.Length / 2],
            flows[^1],
            heals[heals.Length / 2],
            heals[^1],
            rejected,
            dropped,
            _report.Elapsed.TotalSeconds);
    }

    private static double[] Sorted(IReadOnlyList<double> seconds) => [.. seconds.Order().DefaultIfEmpty(0)];
}
