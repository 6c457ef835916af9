using Testcontainers.Kafka;

namespace HnmStreams.Testing.Brokers;

/// <summary>An Apache Kafka broker in a container, for machines with Docker and without a Kafka installation.</summary>
public sealed class ContainerBroker : IAsyncDisposable
{
    private const string Image = "apache/kafka:4.1.0";
    private const string Socket = "/var/run/docker.sock";

    private readonly KafkaContainer _container;

    private ContainerBroker(KafkaContainer container) => _container = container;

    /// <summary>True if Docker seems to be installed. It may still fail to respond in <see cref="StartAsync"/>.</summary>
    public static bool IsAvailable => Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } || File.Exists(Socket);

    /// <summary>The address for clients on this machine, <c>host:port</c>.</summary>
    public string Bootstrap => new Uri(_container.GetBootstrapAddress()).Authority;

    public static async Task<ContainerBroker> StartAsync()
    {
        var container = new KafkaBuilder(Image)
            .WithEnvironment("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
            .WithEnvironment("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
            .Build();
        try
        {
            await container.StartAsync();
            return new ContainerBroker(container);
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await _container.DisposeAsync();
}
