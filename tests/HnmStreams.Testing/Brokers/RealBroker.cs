using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Xunit;

namespace HnmStreams.Testing.Brokers;

/// <summary>
/// A real Kafka broker for tests, started on first use. It is the one that <c>HNM_TEST_KAFKA</c> names; otherwise a process
/// started from <c>KAFKA_HOME</c> or <c>../shared/kafka</c> on free loopback ports and in a temporary folder; otherwise a
/// container, if Docker is installed. Without any of these, the calling test is skipped.
/// </summary>
public sealed class RealBroker : IAsyncLifetime
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private string? _folder;
    private KafkaProcess? _kafka;
    private ContainerBroker? _container;
    private string? _bootstrap;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Returns the address of the broker. Skips the calling test with a reason if none exists.</summary>
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

    /// <summary>Creates a topic with a unique name and returns the name.</summary>
    public async Task<string> CreateTopicAsync(int partitions)
    {
        var name = $"hnm-test-{Guid.NewGuid():N}";
        await CreateTopicAsync(name, partitions);
        return name;
    }

    /// <summary>Creates a topic with one partition and the given topic configuration.</summary>
    public Task CreateTopicAsync(string name, params (string Key, string Value)[] configuration) => CreateTopicAsync(name, 1, configuration);

    private async Task CreateTopicAsync(string name, int partitions, params (string Key, string Value)[] configuration)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = await BootstrapOrSkipAsync() }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification
        {
            Name = name,
            NumPartitions = partitions,
            ReplicationFactor = 1,
            Configs = configuration.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
        }]);
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

    /// <summary>Returns the folder of an Apache Kafka installation. Skips the calling test if none exists.</summary>
    public static string HomeOrSkip()
    {
        var home = Home();
        Assert.SkipUnless(home is not null, "The test stops and starts a broker. Set KAFKA_HOME to an Apache Kafka 3.9 or later, and install Java 17.");
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
            ContainerBroker.IsAvailable,
            "The test needs a real Kafka broker. Set HNM_TEST_KAFKA (host:port) or KAFKA_HOME (Apache Kafka 3.9 or later, with Java 17), or start Docker.");
        _container = await ContainerBroker.StartAsync();
        return _container.Bootstrap;
    }
}
