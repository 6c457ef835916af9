using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace HnmStreams.Kafka.Tests.Brokers;

/// <summary>
/// A real Kafka for tests: the one that <c>HNM_TEST_KAFKA</c> names, else an Apache Kafka of its own, started from
/// <c>KAFKA_HOME</c> or from <c>../shared/kafka</c> beside the repository, on free loopback ports and in a temporary
/// folder, and killed at the end; else one in a container, where there is Docker. Started at the first use; tests skip
/// themselves where there is none.
/// </summary>
public sealed class RealBroker : IAsyncLifetime
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private string? _folder;
    private KafkaProcess? _kafka;
    private ContainerBroker? _container;
    private string? _bootstrap;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The broker's address; skips the calling test, saying why, where no broker can be had.</summary>
    public async Task<string> BootstrapOrSkipAsync()
    {
        await _once.WaitAsync();
        try
        {
            return _bootstrap ??= Environment.GetEnvironmentVariable("HNM_TEST_KAFKA") ?? await StartAsync();
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

    public async ValueTask DisposeAsync()
    {
        _kafka?.Dispose();
        if (_container is not null)
            await _container.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
        _once.Dispose();
    }

    /// <summary>Where an Apache Kafka lies that can be started; skips the calling test where there is none.</summary>
    public static string HomeOrSkip()
    {
        var home = Home();
        Assert.SkipUnless(home is not null, "Needs an Apache Kafka (3.9 or later, with Java 17) that it can stop and start: set KAFKA_HOME");
        return home!;
    }

    private static string? Home()
    {
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        if (string.IsNullOrEmpty(home))
        {
            home = null;
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null && home is null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "HnmStreams.sln")) && folder.Parent is { } beside)
                    home = Path.Combine(beside.FullName, "shared", "kafka");
            }
        }

        return home is not null && File.Exists(Path.Combine(home, "bin", "kafka-server-start.sh")) ? home : null;
    }

    private async Task<string> StartAsync()
    {
        if (Home() is { } home)
        {
            _folder = Directory.CreateTempSubdirectory("hnm-kafka-").FullName;
            _kafka = await KafkaProcess.StartAsync(home, _folder);
            return _kafka.Bootstrap;
        }

        Assert.SkipUnless(
            ContainerBroker.IsPossible,
            "Needs a real Kafka: set HNM_TEST_KAFKA (host:port) or KAFKA_HOME (an Apache Kafka 3.9 or later, with Java 17), or let Docker run");
        _container = await ContainerBroker.StartAsync();
        return _container.Bootstrap;
    }
}
