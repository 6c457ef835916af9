using System.Globalization;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.Chaos.Cluster;

/// <summary>One chaos run of a cluster, from the first example to the result.</summary>
internal sealed class ClusterChaosRun(ClusterChaosOptions options, TextWriter output)
{
    private const int ExamplesPerSecond = 2_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan TakeoverTimeout = TimeSpan.FromSeconds(30);

    // Longer than the session of a member of the group.
    private static readonly TimeSpan FreezeTime = TimeSpan.FromSeconds(9);

    private readonly Dictionary<ClusterEvent, int> _applied = [];
    private readonly List<double> _takeovers = [];
    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <summary>Runs the cluster under the scheduled events.</summary>
    /// <returns>True if no example was lost or counted twice and all events took place.</returns>
    public async Task<bool> ExecuteAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Work);
        using var broker = await KafkaProcess.StartAsync(options.KafkaHome, Directory.CreateDirectory(Path.Combine(options.Work, "kafka")).FullName);
        await using var topic = await ChaosTopic.CreateAsync(broker.Bootstrap, "chaos", "chaos-cluster", options.Work, new Uri("http://127.0.0.1:1"), options.Examples, options.Seed);
        using var members = new ClusterMembers(options, topic);
        members.Start();
        await members.LearnerAsync(Timeout, cancellation);
        foreach (var next in ClusterSchedule.Of(options))
        {
            await topic.Producer.SendUpToAsync(next.After, ExamplesPerSecond, cancellation);
            members.StartEnded();
            // Records keep arriving during the event.
            var sending = topic.Producer.SendUpToAsync(next.After + ExamplesPerSecond, ExamplesPerSecond / 2, cancellation);
            await ApplyAsync(next, members, broker, cancellation);
            await sending;
            _applied[next.Event] = _applied.GetValueOrDefault(next.Event) + 1;
            Log($"{_applied.Values.Sum()} of {options.Events}: {next.Event} after {next.After}");
        }

        await topic.Producer.SendUpToAsync(options.Examples, ExamplesPerSecond, cancellation);
        await topic.Producer.FlushAsync(cancellation);
        return await EvaluateAsync(members, topic, broker.Bootstrap, cancellation);
    }

    private async Task ApplyAsync(ScheduledClusterEvent next, ClusterMembers members, KafkaProcess broker, CancellationToken cancellation)
    {
        switch (next.Event)
        {
            case ClusterEvent.NodeKill:
                await members.Node(next.Node).KillAsync();
                members.Node(next.Node).Start();
                break;
            case ClusterEvent.NodeFreeze:
                members.Node(next.Node).Freeze();
                await Task.Delay(FreezeTime, TimeProvider.System, cancellation);
                members.Node(next.Node).Continue();
                break;
            case ClusterEvent.LearnerKill:
                await ReplaceLearnerAsync(members, static learner => learner.KillAsync(), static learner => learner.Start(), cancellation);
                break;
            case ClusterEvent.LearnerFreeze:
                await ReplaceLearnerAsync(
                    members,
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
            case ClusterEvent.RollingRestart:
                await RestartAllAsync(members, cancellation);
                break;
        }
    }

    /// <summary>Takes the learner out, waits until the standby has taken in examples, and lets the old one come back as the standby.</summary>
    private async Task ReplaceLearnerAsync(ClusterMembers members, Func<ServiceProcess, Task> takeOut, Action<ServiceProcess> comeBack, CancellationToken cancellation)
    {
        var (learner, _) = await members.LearnerAsync(Timeout, cancellation);
        await takeOut(learner);
        var start = TimeProvider.System.GetTimestamp();
        var (next, _) = await members.LearnerAsync(Timeout, cancellation, other: learner);
        var before = await ClusterMembers.ConsumedAsync(next, cancellation);
        var changed = false;
        while (!changed && TimeProvider.System.GetElapsedTime(start) < TakeoverTimeout)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
            changed = await ClusterMembers.ConsumedAsync(next, cancellation) != before;
        }

        // Everything that was sent may have been taken in before the first look: such a takeover is not measured.
        if (changed)
            _takeovers.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        comeBack(learner);
    }

    private static async Task RestartAllAsync(ClusterMembers members, CancellationToken cancellation)
    {
        foreach (var node in members.Nodes)
        {
            await node.TerminateAsync(Timeout);
            node.Start();
        }

        var (learner, standby) = await members.LearnerAsync(Timeout, cancellation);
        await standby.TerminateAsync(Timeout);
        standby.Start();
        await learner.TerminateAsync(Timeout);
        learner.Start();
        await members.LearnerAsync(Timeout, cancellation);
    }

    private async Task<bool> EvaluateAsync(ClusterMembers members, ChaosTopic topic, string bootstrap, CancellationToken cancellation)
    {
        var (keys, duplicates) = await Task.Run(() => TopicReader.Read(bootstrap, topic.Name, topic.Partitions), cancellation);
        if (duplicates > 0)
            throw new InvalidOperationException($"The producer wrote {duplicates} examples twice, so the result would be meaningless.");
        var (last, moved) = (-1L, TimeProvider.System.GetTimestamp());
        ServiceProcess learner;
        while (true)
        {
            (learner, _) = await members.LearnerAsync(Timeout, cancellation);
            var consumed = await ClusterMembers.ConsumedAsync(learner, cancellation) ?? last;
            if (consumed >= keys.Count)
                break;
            if (consumed != last)
                (last, moved) = (consumed, TimeProvider.System.GetTimestamp());
            else if (TimeProvider.System.GetElapsedTime(moved) > Timeout)
                break;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        }

        var rejected = await ClusterMembers.RejectedAsync(learner, cancellation);
        await members.TerminateOthersAsync(learner, Timeout);
        if (await learner.TerminateAsync(Timeout) is var code and not 0)
            throw new InvalidOperationException($"The learner exited with code {code} when it was drained.");
        var file = Path.Combine(options.Work, "account.csv");
        if (await learner.RunAsync("inspect", topic.State, "--account", file) != 0)
            throw new InvalidOperationException($"There is no complete checkpoint in {topic.State}.");
        var account = Account.Of(keys, Account.Parse(await File.ReadAllLinesAsync(file, cancellation)));
        await ReportAsync(Summarize(members, account, rejected), cancellation);
        return account.IsExact && account.InTopic == options.Examples && _applied.Values.Sum() == options.Events;
    }

    private ClusterChaosSummary Summarize(ClusterMembers members, Account account, long rejected)
    {
        var takeovers = _takeovers.Order().DefaultIfEmpty(0).ToArray();
        return new ClusterChaosSummary(
            options.Seed,
            options.Examples,
            options.Nodes,
            _applied.GetValueOrDefault(ClusterEvent.NodeKill),
            _applied.GetValueOrDefault(ClusterEvent.LearnerKill),
            _applied.GetValueOrDefault(ClusterEvent.NodeFreeze),
            _applied.GetValueOrDefault(ClusterEvent.LearnerFreeze),
            _applied.GetValueOrDefault(ClusterEvent.BrokerRestart),
            _applied.GetValueOrDefault(ClusterEvent.RollingRestart),
            account.InTopic,
            account.Accounted,
            account.Lost,
            account.Repeated,
            account.Foreign,
            members.Starts,
            takeovers[takeovers.Length / 2],
            takeovers[^1],
            rejected,
            TimeProvider.System.GetElapsedTime(_started).TotalSeconds);
    }

    private async Task ReportAsync(ClusterChaosSummary summary, CancellationToken cancellation)
    {
        if (options.Summary is { } path)
            await File.WriteAllTextAsync(path, summary.ToJson() + Environment.NewLine, cancellation);
        await output.WriteLineAsync(summary.ToJson());
    }

    private void Log(string message) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(_started):hh\\:mm\\:ss} {message}"));
}
