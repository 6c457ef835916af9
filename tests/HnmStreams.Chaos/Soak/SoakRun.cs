using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.Chaos.Soak;

/// <summary>One soak test: broker, service and producer at full speed, sampled every few seconds, and the result.</summary>
internal sealed class SoakRun(SoakOptions options, TextWriter output)
{
    private const string Topic = "soak";
    private const int Partitions = 4;
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ServiceTimeout = TimeSpan.FromMinutes(3);

    private readonly List<Sample> _samples = [];
    private long _started;

    /// <summary>Runs the test.</summary>
    /// <returns>True if nothing grew and the service drained with exit code 0.</returns>
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
        if (!await service.WaitUntilWorkingAsync(ServiceTimeout, cancellation))
            throw new TimeoutException($"The service read no record within {ServiceTimeout}.");

        _started = TimeProvider.System.GetTimestamp();
        await WatchAsync(service, producer, cancellation);
        await over.CancelAsync();
        await sending;
        var code = await service.TerminateAsync(ServiceTimeout);
        if (producer.Failed > 0)
            throw new InvalidOperationException($"{producer.Failed} records could not be produced, so the result would be meaningless.");
        return await EvaluateAsync(code, cancellation);
    }

    /// <summary>Polls the status often enough to keep the producer ahead, and takes a sample every few seconds.</summary>
    private async Task WatchAsync(ServiceProcess service, FullSpeedProducer producer, CancellationToken cancellation)
    {
        await using var file = new StreamWriter(Path.Combine(options.Work, "samples.csv")) { AutoFlush = true };
        await file.WriteLineAsync(Sample.Header);
        var (sampled, reported) = (TimeSpan.MinValue, TimeSpan.Zero);
        while (TimeProvider.System.GetElapsedTime(_started) is var elapsed && elapsed < options.Length)
        {
            service.ThrowIfExited();
            using var status = await service.StatusAsync(cancellation);
            if (status is not null)
                producer.ReportRead(ServiceProcess.Records(status));
            if (status is not null && (_samples.Count == 0 || elapsed - sampled >= SampleInterval) && await service.MetricsAsync(cancellation) is { } metrics)
            {
                sampled = elapsed;
                var sample = Sample.Of(elapsed.TotalSeconds, service.Id, status.RootElement, metrics);
                _samples.Add(sample);
                await file.WriteLineAsync(sample.ToCsv());
                if (elapsed - reported >= ReportInterval || _samples.Count == 1)
                {
                    reported = elapsed;
                    Log(sample);
                }
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellation);
        }
    }

    private async Task<bool> EvaluateAsync(int code, CancellationToken cancellation)
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
            // Bounds the disk usage. Each partition keeps several times the records that can be unread.
            Configs = new Dictionary<string, string>(StringComparer.Ordinal) { ["retention.bytes"] = "134217728", ["segment.bytes"] = "33554432" },
        }]);
    }

    private void Log(Sample sample) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{TimeSpan.FromSeconds(sample.Seconds):hh\\:mm\\:ss} {sample.Consumed:N0} examples, {sample.ResidentBytes / 1048576.0:F0} MiB, {sample.Handles} handles, {sample.Threads} threads, {sample.Tensors} tensors, pool {sample.Pool:N0}, {sample.Checkpoints} checkpoints"));
}
