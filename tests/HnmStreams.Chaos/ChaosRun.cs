using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.Chaos;

/// <summary>One chaos run, from the first example to the result.</summary>
internal sealed class ChaosRun(ChaosOptions options, TextWriter output)
{
    private const string Group = "chaos-learner";
    private const int ExamplesPerSecond = 2_000;
    private static readonly TimeSpan ServiceTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(15);

    private readonly Dictionary<ChaosEvent, int> _applied = [];
    private readonly List<ChaosTopic> _topics = [];
    private readonly RunReport _report = new(output, options.Summary);
    private int _current;

    private ChaosTopic Current => _topics[_current];

    /// <summary>Runs the service under the scheduled events.</summary>
    /// <returns>True if no example was lost or counted twice and all events took place.</returns>
    public async Task<bool> ExecuteAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Work);
        using var broker = options.Bootstrap is null
            ? await KafkaProcess.StartAsync(options.KafkaHome!, Directory.CreateDirectory(Path.Combine(options.Work, "kafka")).FullName)
            : null;
        var bootstrap = options.Bootstrap ?? broker!.Bootstrap;
        var pages = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        try
        {
            foreach (var name in options.TopicSwitches == 0 ? (string[])["chaos"] : ["chaos", "chaos-other"])
                _topics.Add(await ChaosTopic.CreateAsync(bootstrap, name, Group, options.Work, pages, options.Examples, options.Seed + (ulong)_topics.Count, options.LabelsComeLater));
            using var service = new ServiceProcess(options.Hnm, Current.Settings, pages, Path.Combine(options.Work, "service.log"));
            service.Start();
            await RunAsync(service, broker, bootstrap, cancellation);
            return options.LabelsComeLater ? await EvaluateLabelsAsync(service, bootstrap, cancellation) : await EvaluateAsync(service, bootstrap, cancellation);
        }
        finally
        {
            foreach (var topic in _topics)
                await topic.DisposeAsync();
        }
    }

    private async Task RunAsync(ServiceProcess service, KafkaProcess? broker, string bootstrap, CancellationToken cancellation)
    {
        foreach (var next in Schedule.Of(options))
        {
            await SendUpToAsync(next.After, cancellation);
            // Records keep arriving during the event.
            var sending = SendUpToAsync(next.After + (int)(ExamplesPerSecond * next.Delay.TotalSeconds / 4), cancellation);
            // The delay begins when the service works, so that a kill falls into any phase of its work, however slow the machine is.
            if (next is { Hard: false, Event: ChaosEvent.Kill or ChaosEvent.TopicSwitch or ChaosEvent.AddedPartition })
                await service.WaitUntilWorkingAsync(ServiceTimeout, cancellation);
            await Task.Delay(next.Delay, TimeProvider.System, cancellation);
            await ApplyAsync(next, service, broker, bootstrap, cancellation);
            await sending;
            _report.Log($"{_applied.Values.Sum()} of {options.Events}: {next.Event}{(next.Hard ? " (hard)" : "")} after {next.After}");
        }

        await SendUpToAsync(options.Examples, cancellation);
        foreach (var topic in _topics)
        {
            await topic.Producer.FlushAsync(cancellation);
            if (topic.Producer.Failed > 0)
                throw new InvalidOperationException($"{topic.Producer.Failed} records could not be produced to {topic.Name}, so the result would be meaningless.");
        }
    }

    // All topics receive the same number of examples at the same time, the first one the remainder too.
    private Task SendUpToAsync(int number, CancellationToken cancellation) => Task.WhenAll(_topics.Select(
        (topic, i) => topic.Producer.SendUpToAsync((number + _topics.Count - 1 - i) / _topics.Count, ExamplesPerSecond / _topics.Count, cancellation)));

    private async Task ApplyAsync(ScheduledEvent next, ServiceProcess service, KafkaProcess? broker, string bootstrap, CancellationToken cancellation)
    {
        switch (next.Event)
        {
            case ChaosEvent.Kill:
                await service.KillAsync();
                service.Start();
                break;
            case ChaosEvent.TopicSwitch:
                await service.KillAsync();
                _current = (_current + 1) % _topics.Count;
                service.Settings = Current.Settings;
                service.Start();
                break;
            case ChaosEvent.AddedPartition:
                await service.KillAsync();
                await Current.AddPartitionAsync(cancellation);
                service.Start();
                break;
            case ChaosEvent.BrokerRestart:
                if (next.Hard)
                    await broker!.KillAsync();
                else
                    await broker!.StopAsync();
                await broker.RestartAsync();
                break;
            case ChaosEvent.Rebalance:
                await service.WaitUntilWorkingAsync(ServiceTimeout, cancellation);
                if (!await Task.Run(() => TopicReader.JoinAndLeave(bootstrap, Current.Name, Group, JoinTimeout), cancellation))
                    _report.Log("The other member left without partitions.");
                break;
        }

        _applied[next.Event] = _applied.GetValueOrDefault(next.Event) + 1;
    }

    private async Task<bool> EvaluateAsync(ServiceProcess service, string bootstrap, CancellationToken cancellation)
    {
        var account = new Account(0, 0, 0, 0, 0);
        // The service reads the current topic; then the others, one after the other.
        for (var i = 0; i < _topics.Count; i++)
        {
            account += await AccountAsync(service, bootstrap, cancellation);
            _current = (_current + 1) % _topics.Count;
            service.Settings = Current.Settings;
            if (i < _topics.Count - 1)
                service.Start();
        }

        await _report.WriteAsync(Summarize(service, account).ToJson(), cancellation);
        return account.IsExact && account.InTopic == options.Examples && _applied.Values.Sum() == options.Events;
    }

    private async Task<bool> EvaluateLabelsAsync(ServiceProcess service, string bootstrap, CancellationToken cancellation)
    {
        var topic = Current;
        var content = await Task.Run(() => LabelTopic.Read(bootstrap, topic.Name, topic.Partitions), cancellation);
        var state = await StateAsync(service, topic, content.Inputs.Count + content.Labels, cancellation);
        var (predicted, repeated) = await Task.Run(() => TopicReader.Read(bootstrap, ServiceSettings.PredictionsTopicOf(topic.Name), ChaosTopic.InitialPartitions), cancellation);
        var account = LabelAccount.Of(content, predicted, repeated, state);
        _report.Log($"{topic.Name}, {topic.Partitions} partitions, {content.Labels} labels of {content.Labeled.Count} examples: {account}");
        var summary = Summarize(service, new Account(content.Inputs.Count, account.Predicted, account.Lost, account.Repeated, account.Foreign)) with
        {
            Predicted = account.Predicted,
            Labeled = content.Labeled.Count,
            Joined = account.Joined,
            JoinedTwice = account.JoinedTwice,
            Unjoined = account.Unjoined,
        };
        await _report.WriteAsync(summary.ToJson(), cancellation);
        return account.IsExact && content.Inputs.Count == options.Examples && _applied.Values.Sum() == options.Events;
    }

    private ChaosSummary Summarize(ServiceProcess service, Account account)
    {
        var recoveries = service.Recoveries.Order().DefaultIfEmpty(0).ToArray();
        return new ChaosSummary(
            options.Seed,
            options.Examples,
            _applied.GetValueOrDefault(ChaosEvent.Kill),
            _applied.GetValueOrDefault(ChaosEvent.BrokerRestart),
            _applied.GetValueOrDefault(ChaosEvent.Rebalance),
            _applied.GetValueOrDefault(ChaosEvent.TopicSwitch),
            _applied.GetValueOrDefault(ChaosEvent.AddedPartition),
            account.InTopic,
            account.Accounted,
            account.Lost,
            account.Repeated,
            account.Foreign,
            service.Starts,
            recoveries[recoveries.Length / 2],
            recoveries[^1],
            _report.Elapsed.TotalSeconds);
    }

    private async Task<Account> AccountAsync(ServiceProcess service, string bootstrap, CancellationToken cancellation)
    {
        var topic = Current;
        var (keys, duplicates) = await Task.Run(() => TopicReader.Read(bootstrap, topic.Name, topic.Partitions), cancellation);
        if (duplicates > 0)
            throw new InvalidOperationException($"The producer wrote {duplicates} examples twice to {topic.Name}, so the result would be meaningless.");
        var account = Account.Of(keys, await StateAsync(service, topic, keys.Count, cancellation));
        _report.Log($"{topic.Name}, {topic.Partitions} partitions: {account}");
        return account;
    }

    /// <summary>Waits until the service has read everything, drains it, and reads the account of its state.</summary>
    private async Task<IReadOnlyDictionary<string, int>> StateAsync(ServiceProcess service, ChaosTopic topic, int records, CancellationToken cancellation)
    {
        await service.WaitUntilConsumedAsync(records, ServiceTimeout, cancellation);
        return await FinalState.ReadAsync(service, topic.State, Path.Combine(options.Work, $"{topic.Name}.csv"), ServiceTimeout, cancellation);
    }
}
