using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace HnmStreams.Kafka.Tests.Brokers;

/// <summary>
/// A real Kafka for tests: the one that <c>HNM_TEST_KAFKA</c> names, else an Apache Kafka of its own, started from
/// <c>KAFKA_HOME</c> or from <c>../shared/kafka</c> beside the repository, on free loopback ports and in a temporary
/// folder, and killed at the end. Started at the first use; tests skip themselves where there is none.
/// </summary>
public sealed class RealBroker : IAsyncLifetime
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private string? _folder;
    private Process? _process;
    private string? _bootstrap;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The broker's address; skips the calling test, saying why, where no broker can be had.</summary>
    public async Task<string> BootstrapOrSkipAsync()
    {
        await _once.WaitAsync();
        try
        {
            return _bootstrap ??= Environment.GetEnvironmentVariable("HNM_TEST_KAFKA") ?? await StartAsync(HomeOrSkip());
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Makes a topic with a name of its own and returns the name.</summary>
    public async Task<string> CreateTopicAsync(int partitions)
    {
        var name = $"hnm-test-{Guid.NewGuid():N}";
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = await BootstrapOrSkipAsync() }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = 1 }]);
        return name;
    }

    public ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
        _once.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string HomeOrSkip()
    {
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        if (string.IsNullOrEmpty(home))
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null && home is null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "HnmStreams.sln")) && folder.Parent is { } beside)
                    home = Path.Combine(beside.FullName, "shared", "kafka");
            }
        }

        Assert.SkipUnless(
            home is not null && File.Exists(Path.Combine(home, "bin", "kafka-server-start.sh")),
            "Needs a real Kafka: set KAFKA_HOME (an Apache Kafka 3.9 or later, with Java 17) or HNM_TEST_KAFKA (host:port)");
        return home!;
    }

    private async Task<string> StartAsync(string home)
    {
        _folder = Directory.CreateTempSubdirectory("hnm-kafka-").FullName;
        var (client, controller) = FreePorts();
        var settings = Path.Combine(_folder, "server.properties");
        await File.WriteAllTextAsync(settings, Settings(client, controller, Path.Combine(_folder, "data")));

        using var format = Launch(home, "kafka-storage.sh", "format", "-t", "hnmStreamsTestsCluster", "-c", settings);
        var said = format.StandardOutput.ReadToEndAsync();
        var complained = await format.StandardError.ReadToEndAsync();
        await format.WaitForExitAsync();
        Assert.True(format.ExitCode == 0, $"kafka-storage.sh format failed: {await said}{complained}");

        _process = Launch(home, "kafka-server-start.sh", settings);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                started.TrySetException(new InvalidOperationException("Kafka ended before it had started"));
            else if (line.Data.Contains("Kafka Server started", StringComparison.Ordinal))
                started.TrySetResult();
        };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await started.Task.WaitAsync(TimeSpan.FromMinutes(2));
        return $"127.0.0.1:{client}";
    }

    private static Process Launch(string home, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(home, "bin", script), arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        // Kafka's scripts put their own logs beside themselves unless told otherwise, and that folder may be read-only.
        start.Environment["LOG_DIR"] = Path.GetDirectoryName(arguments[^1]);
        return Process.Start(start)!;
    }

    private static (int Client, int Controller) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    private static string Settings(int client, int controller, string data) =>
        $"""
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:{controller}
        listeners=PLAINTEXT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{controller}
        advertised.listeners=PLAINTEXT://127.0.0.1:{client}
        controller.listener.names=CONTROLLER
        inter.broker.listener.name=PLAINTEXT
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        log.dirs={data}
        num.partitions=4
        default.replication.factor=1
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=4
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=4
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        group.initial.rebalance.delay.ms=0
        auto.create.topics.enable=false
        """;
}
