using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of the service on a real Apache Kafka, with a producer in another process and poison in the stream.</summary>
public sealed class RealBrokerTests(RealBroker broker) : IClassFixture<RealBroker>
{
    [Fact(Timeout = 600_000)]
    public async Task Learns_what_another_process_produced_and_dead_letters_poison()
    {
        var bootstrap = await broker.BootstrapOrSkipAsync();
        var topic = await broker.CreateTopicAsync(partitions: 2);
        // Sent first, so that it is within the limit.
        await SendPoisonAsync(bootstrap, topic);
        var (produced, producerOutput) = await HnmProcess.RunAsync(
            "produce", "--data", "synthetic", "--topic", topic, "--bootstrap", bootstrap, "--limit", "12000", "--seed", "3");
        Assert.True(produced == 0, producerOutput);

        using var folder = new TemporaryFolder();
        var summaryPath = folder["summary.json"];
        var group = $"group-{topic}";
        var (exitCode, output) = await HnmProcess.RunAsync(
            // The limit counts the poison and the tombstone as well.
            "run", "--limit", "12002", "--summary", summaryPath, "--set", $"kafka.bootstrapServers={bootstrap}", "--set", $"kafka.topic={topic}",
            "--set", $"kafka.groupId={group}", "--set", "http.urls=off", "--set", $"models.folder={folder.Path}", "--checkpoints", folder["state"]);

        Assert.True(exitCode == 0, output);
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(summaryPath, TestContext.Current.CancellationToken));
        Assert.Equal(12_000, summary.RootElement.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64());
        Assert.True(summary.RootElement.GetProperty("training").GetProperty("steps").GetInt64() > 10, output);
        var deadLetter = ReadFirst(bootstrap, topic + ".dead-letters");
        Assert.Equal("not an example at all", Encoding.UTF8.GetString(deadLetter.Message.Value));
        Assert.Equal("unknown-format", Encoding.UTF8.GetString(deadLetter.Message.Headers.GetLastBytes("hnm-reason")));
        Assert.Equal(topic, Encoding.UTF8.GetString(deadLetter.Message.Headers.GetLastBytes("hnm-topic")));
        // The committed offsets are those of the last checkpoint.
        Assert.Equal(
            summary.RootElement.GetProperty("ranking").GetProperty("positions").EnumerateArray().Select(p => p.GetProperty("nextOffset").GetInt64()),
            Committed(bootstrap, topic, group).Select(o => o.Value));
    }

    internal static async Task SendPoisonAsync(string bootstrap, string topic, int partitions = 2)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = bootstrap }).Build();
        await producer.ProduceAsync(new TopicPartition(topic, 0), new Message<string, string> { Key = "poison", Value = "not an example at all" });
        await producer.ProduceAsync(new TopicPartition(topic, partitions - 1), new Message<string, string> { Key = "syn-1", Value = null! });
    }

    private static ConsumeResult<byte[], byte[]> ReadFirst(string bootstrap, string topic)
    {
        using var client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "dead-letters" }).Build();
        client.Assign(Enumerable.Range(0, 1).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var deadLetter = client.Consume(TimeSpan.FromSeconds(60));
        client.Close();
        return deadLetter;
    }

    private static IEnumerable<Offset> Committed(string bootstrap, string topic, string group)
    {
        using var client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = group }).Build();
        return [.. client.Committed([new TopicPartition(topic, 0), new TopicPartition(topic, 1)], TimeSpan.FromSeconds(30)).Select(o => o.Offset)];
    }
}
