using Testcontainers.Kafka;

namespace HnmStreams.Kafka.Tests.Brokers;

/// <summary>An Apache Kafka in a container of its own, gone with it: for machines that have Docker and no broker.</summary>
internal sealed class ContainerBroker : IAsyncDisposable
{
    private const string Image = "apache/kafka:4.1.0";
    private const string Socket = "/var/run/docker.sock";

    private readonly KafkaContainer _container;

    private ContainerBroker(KafkaContainer container) => _container = container;

    /// <summary>Whether there is a Docker to ask; whether it answers is seen at the start.</summary>
    public static bool IsPossible => Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } || File.Exists(Socket);

    /// <summary>One listener, for clients on this machine.</summary>
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
