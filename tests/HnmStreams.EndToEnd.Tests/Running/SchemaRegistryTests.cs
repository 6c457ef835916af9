using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;
using HnmStreams.Testing.Registries;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>A service that learns from change events of Debezium whose Avro schemas are in a registry, on a real Apache Kafka.</summary>
public sealed partial class SchemaRegistryTests(RealBroker broker) : IClassFixture<RealBroker>
{
    private const int Rows = 2_000;

    private const string Envelope = """
        {"type":"record","name":"Envelope","namespace":"shop","fields":[
          {"name":"before","type":["null",{"type":"record","name":"Value","fields":[
            {"name":"id","type":"int"},{"name":"fraud","type":"boolean"},{"name":"amount","type":"double"},{"name":"country","type":"string"},{"name":"at","type":{"type":"long","connect.name":"io.debezium.time.MicroTimestamp"}}]}]},
          {"name":"after","type":["null","Value"]},{"name":"op","type":"string"}]}
        """;

    [Fact(Timeout = 300_000)]
    public async Task Learns_from_change_events_and_waits_while_the_registry_is_down()
    {
        var bootstrap = await broker.BootstrapOrSkipAsync();
        var topic = await broker.CreateTopicAsync(partitions: 1);
        using var registry = new SchemaRegistryServer();
        var id = registry.Register($"{topic}-value", "AVRO", Envelope);
        Send(bootstrap, topic, id);
        registry.Failure = HttpStatusCode.ServiceUnavailable;
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["task.json"], Settings(registry.Url), TestContext.Current.CancellationToken);
        await using var hnm = HnmProcess.Start(
            "run", "--config", folder["task.json"], "--set", $"kafka.bootstrapServers={bootstrap}", "--set", $"kafka.topic={topic}", "--set", $"kafka.groupId=g-{topic}",
            "--checkpoints", folder["state"], "--set", "models.folder=null", "--set", "http.urls=http://127.0.0.1:0", "--set", "run.display=plain", "--set", "run.reportEvery=200ms");
        using var http = new HttpClient { BaseAddress = new Uri(Address().Match(await hnm.LineAsync("http    ")).Value) };

        // Nothing is rejected for the outage, and readiness gives the reason.
        await UntilAsync(async () => (await TabularService.ReadyAsync(http)).Contains("The schema registry", StringComparison.Ordinal));
        var waiting = await TabularService.StatusAsync(http);
        Assert.Contains("has not returned schema", waiting.GetProperty("waitsFor").GetString(), StringComparison.Ordinal);

        registry.Failure = null;
        await UntilAsync(async () => Stream(await TabularService.StatusAsync(http)) is { ValueKind: JsonValueKind.Object } stream
            && stream.GetProperty("consumed").GetInt64() + stream.GetProperty("deadLettered").GetInt64() >= Rows + 1);
        var counts = Stream(await TabularService.StatusAsync(http));
        Assert.Equal(Rows, counts.GetProperty("consumed").GetInt64());
        Assert.Equal(1, counts.GetProperty("deadLettered").GetInt64());
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        var letter = ReadFirst(bootstrap, topic + ".dead-letters");
        Assert.Equal("unknown-schema", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("hnm-reason")));
    }

    private static string Settings(string registry) => $$"""
        { "taskFile": null,
          "task": { "name": "tabular", "tabular": { "hidden": [8] } },
          "wire": { "format": "schemaRegistry", "envelope": "debezium", "schemaRegistry": { "url": "{{registry}}", "maxBackoff": "200ms" },
                    "fields": { "id": "$.after.id", "class": "$.after.fraud", "features": ["$.after"], "eventTime": "$.after.at" } },
          "pipeline": { "device": "cpu" } }
        """;

    private static JsonElement Stream(JsonElement status) =>
        status.GetProperty("learner") is { ValueKind: JsonValueKind.Object } learner ? learner.GetProperty("ranking").GetProperty("stream") : default;

    private static void Send(string bootstrap, string topic, int schema)
    {
        using var producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = bootstrap }).Build();
        for (var i = 0; i < Rows; i++)
        {
            var row = Row(i, fraud: i % 10 == 0);
            // null before, the row after, and the operation.
            producer.Produce(topic, new Message<byte[], byte[]?> { Key = Encoding.UTF8.GetBytes($$"""{"id":{{i}}}"""), Value = Framed(schema, [0, 2, .. row, 2, (byte)'c']) });
        }

        // A deletion with its tombstone, and a record with an unknown schema.
        producer.Produce(topic, new Message<byte[], byte[]?> { Key = """{"id":3}"""u8.ToArray(), Value = Framed(schema, [2, .. Row(3, fraud: false), 0, 2, (byte)'d']) });
        producer.Produce(topic, new Message<byte[], byte[]?> { Key = """{"id":3}"""u8.ToArray(), Value = null });
        producer.Produce(topic, new Message<byte[], byte[]?> { Key = """{"id":4}"""u8.ToArray(), Value = Framed(99, [0]) });
        producer.Flush(TestContext.Current.CancellationToken);
    }

    private static byte[] Row(int id, bool fraud) =>
        [.. Varint(id), fraud ? (byte)1 : (byte)0, .. BitConverter.GetBytes((fraud ? 5.0 : 0) + (id % 7)), 4, (byte)'D', (byte)(id % 2 == 0 ? 'E' : 'K'), .. Varint(1_763_892_000_000_000 + id)];

    // Avro's zigzag varint.
    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (var bits = (ulong)(value << 1) ^ (ulong)(value >> 63); ; bits >>= 7)
        {
            bytes.Add((byte)(bits < 0x80 ? bits : bits | 0x80));
            if (bits < 0x80)
                return [.. bytes];
        }
    }

    private static byte[] Framed(int schema, byte[] payload)
    {
        var framed = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), schema);
        payload.CopyTo(framed, 5);
        return framed;
    }

    private static ConsumeResult<byte[], byte[]> ReadFirst(string bootstrap, string topic)
    {
        using var client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "letters" }).Build();
        client.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var letter = client.Consume(TimeSpan.FromSeconds(60));
        client.Close();
        return letter;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
