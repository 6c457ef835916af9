using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Poison of every kind in one topic: each lies in the dead-letter topic with its reason, and nothing else is missing.</summary>
public sealed class PoisonTests(RealBroker broker) : IClassFixture<RealBroker>
{
    private static readonly byte[] Whole = Encode(1f, 2f, 3f, 4f);

    // A length-delimited field 1 (the id) that claims a hundred million bytes.
    private static readonly byte[] Claim = [0x0A, 0x80, 0xC2, 0xD7, 0x2F, (byte)'x'];

    public static IReadOnlyList<(string Reason, byte[] Value, string Format)> Poison { get; } =
    [
        ("malformed", Whole[..^7], WireHeaders.Protobuf),
        ("malformed", Claim, WireHeaders.Protobuf),
        ("malformed", Encoding.UTF8.GetBytes("{\"id\":"), WireHeaders.Json),
        ("too-large", new byte[900_000], WireHeaders.Protobuf),
        ("wrong-shape", Encode(1f, 2f, 3f), WireHeaders.Protobuf),
        ("not-finite", Encode(1f, float.NaN, 3f, 4f), WireHeaders.Protobuf),
        ("unknown-format", Whole, "protobuf-of-the-future"),
        ("unknown-format", Encoding.UTF8.GetBytes("not an example at all"), ""),
    ];

    [Fact(Timeout = 600_000)]
    public async Task Of_every_kind_it_is_laid_aside_with_its_reason_and_costs_no_example()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 500, "--set", "wire.maxRecordBytes=800000");
        var topic = TabularService.TopicOf(settings);
        var bootstrap = await broker.BootstrapOrSkipAsync();
        using (var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = bootstrap }).Build())
        {
            foreach (var (_, value, format) in Poison)
                await producer.ProduceAsync(topic, new Message<byte[]?, byte[]?> { Value = value, Headers = [new Header(WireHeaders.Format, Encoding.ASCII.GetBytes(format))] });
            // Nothing at all: neither an example nor the id of one to forget.
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
        using var client = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "letters-" + topic, EnablePartitionEof = true }).Build();
        client.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var reasons = new List<string>();
        while (client.Consume(TimeSpan.FromSeconds(60)) is { IsPartitionEOF: false } letter)
            reasons.Add(Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("hnm-reason")));
        Assert.Equal(count, reasons.Count);
        return reasons;
    }

    private static byte[] Encode(params float[] values) => ExampleEncoder.ToProtobuf(new Example(
        "poison", new Target.ClassIndex(0), new ExampleInput.Dense(ElementType.Float32, [values.Length], values.SelectMany(BitConverter.GetBytes).ToArray())));
}
