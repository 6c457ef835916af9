using Confluent.Kafka;
using HnmStreams.Kafka.Embedded;

namespace HnmStreams.Kafka.Tests.Embedded;

public sealed class EmbeddedClusterTests
{
    [Fact]
    public void Listens_on_loopback_and_has_the_requested_topics()
    {
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Brokers = 2, Partitions = 3, Topics = ["one"] });
        cluster.CreateTopic("two", 5);

        Assert.All(cluster.BootstrapServers.Split(','), address => Assert.StartsWith("127.0.0.1:", address, StringComparison.Ordinal));
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = cluster.BootstrapServers }).Build();
        Assert.Equal(2, admin.GetMetadata(TimeSpan.FromSeconds(20)).Brokers.Count);
        Assert.Equal(3, admin.GetMetadata("one", TimeSpan.FromSeconds(20)).Topics.Single().Partitions.Count);
        Assert.Equal(5, admin.GetMetadata("two", TimeSpan.FromSeconds(20)).Topics.Single().Partitions.Count);
    }

    [Fact]
    public void Rejects_a_topic_that_exists()
    {
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = ["one"] });

        var error = Assert.Throws<InvalidOperationException>(() => cluster.CreateTopic("one", 1));

        Assert.Contains("one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_is_idempotent_and_later_calls_throw()
    {
        var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions());
        cluster.Dispose();
        cluster.Dispose();

        Assert.Throws<ObjectDisposedException>(() => cluster.CreateTopic("one", 1));
    }
}
