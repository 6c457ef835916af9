using System.Globalization;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.Chaos;

/// <summary>One chaos run, from the first example to the result.</summary>
internal sealed class ChaosRun(ChaosOptions options, TextWriter output)
{
    private const string Topic = "chaos";
    private const string Group = "chaos-learner";
    private const int Partitions = 4;
    private const int ExamplesPerSecond = 2_000;
    private static readonly TimeSpan ServiceTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(15);

    private readonly Dictionary<ChaosEvent, int> _applied = [];
    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <summary>Runs the service under the scheduled events.</summary>
    /// <returns>True if no example was lost or counted twice and all events took place.</returns>
    public async Task<bool> ExecuteAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Work);
        using var broker = options.Bootstrap is null
            ? await KafkaProcess.StartAsync(options.KafkaHome!, Directory.CreateDirectory(Path.Combine(options.Work, "kafka")).FullName)
            : null;
        var bootstrap = options.Bootstrap ?? broker!.Bootstrap;
        await TopicAdmin.CreateAsync(new KafkaOptions { BootstrapServers = bootstrap, Topic = Topic }, Topic, Partitions);

        var pages = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var state = Path.Combine(options.Work, "state");
        var settings = ServiceSettings.Write(options.Work, bootstrap, Topic, Group, pages, state, options.Examples + 1);
        using var service = new ServiceProcess(options.Hnm, settings, pages, Path.Combine(options.Work, "service.log"));
        await using var producer = new NumberedProducer(bootstrap, Topic, options.Seed);
        service.Start();

        foreach (var next in Schedule.Of(options.Kills, options.BrokerRestarts, options.Rebalances, options.Examples, options.Seed))
        {
            await producer.SendUpToAsync(next.After, ExamplesPerSecond, cancellation);
            // Records keep arriving during the event.
            var sending = producer.SendUpToAsync(next.After + (int)(ExamplesPerSecond * next.Delay.TotalSeconds / 4), ExamplesPerSecond, cancellation);
            await Task.Delay(next.Delay, TimeProvider.System, cancellation);
            await ApplyAsync(next, service, broker, bootstrap, cancellation);
            await sending;
            Log($"{_applied.Values.Sum()} of {options.Kills + options.BrokerRestarts + options.Rebalances}: {next.Event}{(next.Hard ? " (hard)" : "")} after {next.After}");
        }

        await producer.SendUpToAsync(options.Examples, ExamplesPerSecond, cancellation);
        await producer.FlushAsync(cancellation);
        if (producer.Failed > 0)
            throw new InvalidOperationException($"{producer.Failed} records could not be produced, so the result would be meaningless.");
        return await EvaluateAsync(service, bootstrap, state, cancellation);
    }

    private async Task ApplyAsync(ScheduledEvent next, ServiceProcess service, KafkaProcess? broker, string bootstrap, CancellationToken cancellation)
    {
        switch (next.Event)
        {
            case ChaosEvent.Kill:
                if (!next.Hard)
                    await service.WaitUntilWorkingAsync(ServiceTimeout, cancellation);
                await service.KillAsync();
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
                if (!await Task.Run(() => TopicReader.JoinAndLeave(bootstrap, Topic, Group, JoinTimeout), cancellation))
                    Log("The other member left without partitions.");
                break;
        }

        _applied[next.Event] = _applied.GetValueOrDefault(next.Event) + 1;
    }

    private async Task<bool> EvaluateAsync(ServiceProcess service, string bootstrap, string state, CancellationToken cancellation)
    {
        var (keys, duplicates) = await Task.Run(() => TopicReader.Read(bootstrap, Topic, Partitions), cancellation);
        if (duplicates > 0)
            throw new InvalidOperationException($"The producer wrote {duplicates} examples twice, so the result would be meaningless.");
        await service.WaitUntilConsumedAsync(keys.Count, ServiceTimeout, cancellation);
        var code = await service.TerminateAsync(ServiceTimeout);
        if (code != 0)
            throw new InvalidOperationException($"The service exited with code {code} when it was drained.");
        var file = Path.Combine(options.Work, "account.csv");
        if (await service.RunAsync("inspect", state, "--account", file) != 0)
            throw new InvalidOperationException($"There is no complete checkpoint in {state}.");

        var account = Account.Of(keys, Account.Parse(await File.ReadAllLinesAsync(file, cancellation)));
        var recoveries = service.Recoveries.Order().DefaultIfEmpty(0).ToArray();
        var summary = new ChaosSummary(
            options.Seed,
            options.Examples,
            _applied.GetValueOrDefault(ChaosEvent.Kill),
            _applied.GetValueOrDefault(ChaosEvent.BrokerRestart),
            _applied.GetValueOrDefault(ChaosEvent.Rebalance),
            account.InTopic,
            account.Accounted,
            account.Lost,
            account.Repeated,
            account.Foreign,
            service.Starts,
            recoveries[recoveries.Length / 2],
            recoveries[^1],
            TimeProvider.System.GetElapsedTime(_started).TotalSeconds);
        if (options.Summary is { } path)
            await File.WriteAllTextAsync(path, summary.ToJson() + Environment.NewLine, cancellation);
        await output.WriteLineAsync(summary.ToJson());
        return account.IsExact && account.InTopic == options.Examples
            && (summary.Kills, summary.BrokerRestarts, summary.Rebalances) == (options.Kills, options.BrokerRestarts, options.Rebalances);
    }

    private void Log(string message) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(_started):hh\\:mm\\:ss} {message}"));
}
