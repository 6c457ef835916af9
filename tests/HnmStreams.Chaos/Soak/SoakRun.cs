using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Kafka.Tests.Brokers;

namespace HnmStreams.Chaos.Soak;

/// <summary>One run at full speed: producer, broker and service, looked at every few seconds, and the verdict.</summary>
internal sealed class SoakRun(SoakOptions options, TextWriter output)
{
    private const string Topic = "soak";
    private const int Partitions = 4;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Tell = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly List<Sample> _samples = [];
    private long _started;

    /// <returns>Whether all stayed flat, and the service drained in good order.</returns>
    public async Task<bool> ExecuteAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Work);
        using var broker = options.Bootstrap is null
            ? await KafkaProcess.StartAsync(
                options.KafkaHome!, Directory.CreateDirectory(Path.Combine(options.Work, "kafka")).FullName, "log.retention.check.interval.ms=10000")
            : null;
        var bootstrap = options.Bootstrap ?? broker!.Bootstrap;
        await CreateTopicAsync(bootstrap);

        var pages = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var settings = SoakSettings.Write(options.Work, bootstrap, Topic, pages, options.Pool);
        using var service = new ServiceProcess(options.Hnm, settings, pages, Path.Combine(options.Work, "service.log"));
        await using var producer = new FullSpeedProducer(bootstrap, Topic, options.Seed);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        service.Start();
        var sending = Task.Run(() => producer.RunAsync(over.Token), CancellationToken.None);
        if (!await service.WaitUntilWorkingAsync(Patience, cancellation))
            throw new TimeoutException($"The service took no record within {Patience}.");

        _started = TimeProvider.System.GetTimestamp();
        await WatchAsync(service, producer, cancellation);
        await over.CancelAsync();
        await sending;
        var code = await service.TerminateAsync(Patience);
        if (producer.Failed > 0)
            throw new InvalidOperationException($"{producer.Failed} records could not be produced: the run proves nothing.");
        return await JudgeAsync(code, cancellation);
    }

    /// <summary>Looks often enough to keep the producer ahead, and keeps a sample of it every few seconds.</summary>
    private async Task WatchAsync(ServiceProcess service, FullSpeedProducer producer, CancellationToken cancellation)
    {
        await using var file = new StreamWriter(Path.Combine(options.Work, "samples.csv")) { AutoFlush = true };
        await file.WriteLineAsync(Sample.Header);
        var (sampled, told) = (TimeSpan.MinValue, TimeSpan.Zero);
        while (TimeProvider.System.GetElapsedTime(_started) is var elapsed && elapsed < options.Length)
        {
            service.EnsureRuns();
            using var status = await service.StatusAsync(cancellation);
            if (status is not null)
                producer.Note(ServiceProcess.Records(status));
            if (status is not null && (_samples.Count == 0 || elapsed - sampled >= Between) && await service.MetricsAsync(cancellation) is { } metrics)
            {
                sampled = elapsed;
                var sample = Sample.Of(elapsed.TotalSeconds, service.Id, status.RootElement, metrics);
                _samples.Add(sample);
                await file.WriteLineAsync(sample.ToCsv());
                if (elapsed - told >= Tell || _samples.Count == 1)
                {
                    told = elapsed;
                    Say(sample);
                }
            }

            await Task.Delay(Pace, TimeProvider.System, cancellation);
        }
    }

    private async Task<bool> JudgeAsync(int code, CancellationToken cancellation)
    {
        var summary = SoakSummary.Of(_samples, options.WarmUp, code);
        if (options.Summary is { } path)
            await File.WriteAllTextAsync(path, summary.ToJson() + Environment.NewLine, cancellation);
        await output.WriteLineAsync(summary.ToJson());
        return summary.IsFlat;
    }

    private static async Task CreateTopicAsync(string bootstrap)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification
        {
            Name = Topic,
            NumPartitions = Partitions,
            ReplicationFactor = 1,
            // A disk is not to fill in an hour: each partition keeps several times what is ever unread.
            Configs = new Dictionary<string, string>(StringComparer.Ordinal) { ["retention.bytes"] = "134217728", ["segment.bytes"] = "33554432" },
        }]);
    }

    private void Say(Sample sample) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{TimeSpan.FromSeconds(sample.Seconds):hh\\:mm\\:ss} {sample.Consumed:N0} examples, {sample.ResidentBytes / 1048576.0:F0} MiB, {sample.Handles} handles, {sample.Threads} threads, {sample.Tensors} tensors, pool {sample.Pool:N0}, {sample.Checkpoints} checkpoints"));
}
