using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of poison records: each becomes a dead letter with its reason, and every other example is consumed.</summary>
public sealed class PoisonTests(RealBroker broker) : IClassFixture<RealBroker>
{
    private static readonly byte[] Valid = Encode(1f, 2f, 3f, 4f);

    // A length-delimited field 1 (the id) with a declared length of a hundred million bytes.
    private static readonly byte[] OverlongId = [0x0A, 0x80, 0xC2, 0xD7, 0x2F, (byte)'x'];

    public static IReadOnlyList<(string Reason, byte[] Value, string Format)> Poison { get; } =
    [
        ("malformed", Valid[..^7], WireHeaders.Protobuf),
        ("malformed", OverlongId, WireHeaders.Protobuf),
        ("malformed", Encoding.UTF8.GetBytes("{\"id\":"), WireHeaders.Json),
        ("too-large", new byte[900_000], WireHeaders.Protobuf),
        ("wrong-shape", Encode(1f, 2f, 3f), WireHeaders.Protobuf),
        ("not-finite", Encode(1f, float.NaN, 3f, 4f), WireHeaders.Protobuf),
        ("unknown-format", Valid, "protobuf-v99"),
        ("unknown-format", Encoding.UTF8.GetBytes("not an example at all"), ""),
    ];

    [Fact(Timeout = 600_000)]
    public async Task Every_kind_becomes_a_dead_letter_with_its_reason_and_no_example_is_lost()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 500, "--set", "wire.maxRecordBytes=800000");
        var topic = TabularService.TopicOf(settings);
        var bootstrap = await broker.BootstrapOrSkipAsync();
        using (var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = bootstrap }).Build())
        {
            foreach (var (_, value, format) in Poison)
                await producer.ProduceAsync(topic, new Message<byte[]?, byte[]?> { Value = value, Headers = [new Header(WireHeaders.Format, Encoding.ASCII.GetBytes(format))] });
            // Neither a value nor a key: not an example and not a tombstone.
            await producer.ProduceAsync(topic, new Message<byte[]?, byte[]?>());
        }

        await TabularService.ProduceAsync(settings, 500, seed: 2);
        var (code, output) = await HnmProcess.RunAsync([.. settings, "--limit", $"{1_000 + Poison.Count + 1}"]);
        Assert.True(code == 0, output);
        Assert.Contains("completed: 1,000 examples", output, StringComparison.Ordinal);
        Assert.Equal([.. Poison.Select(p => p.Reason), "missing-id"], Reasons(bootstrap, topic + ".dead-letters", Poison.Count + 1));
    }

    private static List<string> Reasons(string bootstrap, string topic, int count)
    {
        using var client = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "dead-letters-" + topic, EnablePartitionEof = true }).Build();
        client.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var reasons = new List<string>();
        while (client.Consume(TimeSpan.FromSeconds(60)) is { IsPartitionEOF: false } record)
            reasons.Add(Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("hnm-reason")));
        Assert.Equal(count, reasons.Count);
        return reasons;
    }

    private static byte[] Encode(params float[] values) => ExampleEncoder.ToProtobuf(new Example(
        "poison", new Target.ClassIndex(0), new ExampleInput.Dense(ElementType.Float32, [values.Length], values.SelectMany(BitConverter.GetBytes).ToArray())));
}
