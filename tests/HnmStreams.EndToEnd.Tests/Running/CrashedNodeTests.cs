using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of a record that kills the process of each score node, with real processes on a real broker.</summary>
public sealed class CrashedNodeTests(RealBroker broker) : IClassFixture<RealBroker>
{
    private const int Examples = 4_000;

    [Fact(Timeout = 600_000)]
    public async Task A_record_that_kills_score_nodes_is_dead_lettered_after_four_of_them_and_no_example_is_lost()
    {
        using var folder = new TemporaryFolder();
        var (bootstrap, topic) = (await broker.BootstrapOrSkipAsync(), await broker.CreateTopicAsync(partitions: 2));
        var port = FreePort.Find();
        var settings = await TabularService.SettingsAsync(bootstrap, topic, folder, "--set", "cluster.enabled=true", "--set", "cluster.weightsPort=0", "--set", $"cluster.seedNodes=127.0.0.1:{port}");
        await TabularService.ProduceAsync(settings, Examples / 2, seed: 1);
        var origin = await ProducePoisonAsync(bootstrap, topic);
        await TabularService.ProduceAsync(settings, Examples / 2, seed: 2);

        await using var learner = HnmProcess.Start([.. settings, "--role", "learn", "--set", $"cluster.port={port}"]);
        var http = await learner.HttpAsync();
        var deaths = 0;
        while (true)
        {
            await using var node = StartNode(settings);
            var exit = node.ExitAsync();
            if (await Task.WhenAny(exit, TabularService.ConsumedAsync(http, Examples)) != exit)
            {
                node.Terminate();
                await exit;
                break;
            }

            Assert.True(++deaths <= 4, $"{deaths} nodes were killed:\n{learner.Output}\n{node.Output}");
            Assert.True(await exit == 137, $"The node ended with the exit code {await exit}:\n{node.Output}");
        }

        Assert.Equal(4, deaths);
        var status = (await TabularService.StatusAsync(http)).GetProperty("learner");
        Assert.Equal((4L, 0L), (Number(status, "cluster", "lostNodes"), Number(status, "cluster", "suspectedOffsets")));
        var stream = status.GetProperty("ranking");
        Assert.Equal((1L, 0L), (Number(stream, "stream", "deadLettered"), Number(stream, "stream", "duplicates")));
        Assert.Equal(("kills-process", $"{origin.Partition.Value}@{origin.Offset.Value}"), ReadDeadLetter(bootstrap, topic + ".dead-letters"));
        learner.Terminate();
        Assert.Equal(0, await learner.ExitAsync());
    }

    private static HnmProcess StartNode(List<string> settings)
    {
        var checkpoints = settings.IndexOf("--checkpoints");
        string[] own = [.. settings.Where((_, i) => i > 0 && i != checkpoints && i != checkpoints + 1), "--set", "cluster.role=score", "--set", "cluster.port=0", "--set", "cluster.nodeName=node"];
        return HnmProcess.StartProgram("HnmStreams.Benchmarks.dll", ["cluster-node", "--microseconds", "0", "--compute", "--kill-above", "50", .. own]);
    }

    private static async Task<TopicPartitionOffset> ProducePoisonAsync(string bootstrap, string topic)
    {
        float[] values = [99, 0, 0, 0];
        var example = new Example("poison", new Target.ClassIndex(0), new ExampleInput.Dense(ElementType.Float32, [values.Length], values.SelectMany(BitConverter.GetBytes).ToArray()));
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = bootstrap }).Build();
        var message = new Message<byte[]?, byte[]?> { Value = ExampleEncoder.ToProtobuf(example), Headers = [new Header(WireHeaders.Format, Encoding.ASCII.GetBytes(WireHeaders.Protobuf))] };
        return (await producer.ProduceAsync(topic, message, TestContext.Current.CancellationToken)).TopicPartitionOffset;
    }

    private static long Number(JsonElement status, string part, string name) => status.GetProperty(part).GetProperty(name).GetInt64();

    private static (string Reason, string Origin) ReadDeadLetter(string bootstrap, string topic)
    {
        using var client = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "dead-letters-" + topic, EnablePartitionEof = true }).Build();
        client.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var letter = client.Consume(TimeSpan.FromSeconds(60));
        Assert.True(client.Consume(TimeSpan.FromSeconds(60)).IsPartitionEOF);
        return (Header(letter, "hnm-reason"), $"{Header(letter, "hnm-partition")}@{Header(letter, "hnm-offset")}");
    }

    private static string Header(ConsumeResult<byte[]?, byte[]?> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
