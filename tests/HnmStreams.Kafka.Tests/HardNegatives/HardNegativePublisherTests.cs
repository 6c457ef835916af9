using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.HardNegatives;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.HardNegatives;

public sealed class HardNegativePublisherTests
{
    private const string Topic = "hard";

    [Fact(Timeout = 60_000)]
    public async Task The_topic_contains_the_hard_negatives_in_the_pool()
    {
        using var stream = new EmbeddedStream();
        await using var publisher = Publisher(stream);
        publisher.Begin([Entry("a", HardNegativeReasons.Resumed)]);
        publisher.Enter(Entry("b"));
        publisher.Enter(Entry("c"));
        await publisher.FlushAsync(TestContext.Current.CancellationToken);
        publisher.Leave("b", 0);
        publisher.Enter(Entry("c", HardNegativeReasons.Suspected));
        publisher.Enter(Entry("d") with { Region = 4 });
        await publisher.FlushAsync(TestContext.Current.CancellationToken);

        var published = Published(stream);

        Assert.Equal(["a#0", "c#0", "d#4"], published.Keys.Order());
        Assert.Equal(Entry("c", HardNegativeReasons.Suspected), published["c#0"]);
        Assert.Equal(0, publisher.Dropped);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_later_run_removes_entries_that_have_left_the_pool()
    {
        using var stream = new EmbeddedStream();
        await using (var first = Publisher(stream))
        {
            first.Begin([Entry("a"), Entry("b"), Entry("c")]);
            await first.FlushAsync(TestContext.Current.CancellationToken);
        }

        await using var second = Publisher(stream);
        second.Begin([Entry("b", HardNegativeReasons.Resumed)]);
        second.Enter(Entry("d"));
        await second.FlushAsync(TestContext.Current.CancellationToken);

        var published = Published(stream);
        Assert.Equal(["b#0", "d#0"], published.Keys.Order());
        Assert.Equal(HardNegativeReasons.Resumed, published["b#0"].Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task Never_waits_for_an_unreachable_broker_and_counts_dropped_entries()
    {
        using var stream = new EmbeddedStream();
        await using var publisher = Publisher(stream, queue: 10);
        publisher.Begin([]);
        await publisher.FlushAsync(TestContext.Current.CancellationToken);
        stream.Cluster.StopBroker(1);
        // The client's own queue takes some entries. When it is full, ten more may wait.
        for (var i = 0; i < 50_000; i++)
            publisher.Enter(Entry($"n{i}"));
        Assert.True(publisher.Dropped > 0);

        stream.Cluster.ResumeBroker(1);
        await publisher.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(50_000 - publisher.Dropped, Published(stream).Count);
    }

    [Fact]
    public void Rejects_the_topic_of_examples()
    {
        var kafka = new KafkaOptions { BootstrapServers = "127.0.0.1:1", Topic = "t", HardNegativesTopic = "t" };
        var error = Assert.Throws<InvalidOperationException>(() => new HardNegativePublisher(kafka, TimeProvider.System, NullLogger.Instance));
        Assert.Contains("must differ from 'kafka.topic'", error.Message, StringComparison.Ordinal);
    }

    private static HardNegativePublisher Publisher(EmbeddedStream stream, int queue = 10_000)
    {
        var kafka = stream.Kafka();
        (kafka.HardNegativesTopic, kafka.HardNegativesQueue) = (Topic, queue);
        return new HardNegativePublisher(kafka, TimeProvider.System, NullLogger.Instance, createTopic: false);
    }

    private static IReadOnlyDictionary<string, HardNegativeEntry> Published(EmbeddedStream stream) =>
        HardNegativesReader.Read(stream.Cluster.BootstrapServers, Topic, TestContext.Current.CancellationToken);

    private static HardNegativeEntry Entry(string id, string reason = HardNegativeReasons.Harder) => new(id, 0, 0.5f, 3, reason, null, 0, new Origin("t", 0, 7));
}
