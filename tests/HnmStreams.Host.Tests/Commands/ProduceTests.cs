using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Commands;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Host.Tests.Commands;

public class ProduceTests
{
    [Fact(Timeout = 600_000)]
    public async Task Produces_records_that_a_consumer_decodes()
    {
        using var folder = new TemporaryFolder();
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = ["made"] });
        using var test = new TestContexts(folder.Path);
        var code = await test.InvokeAsync("produce", "--data", "synthetic", "--topic", "made", "--bootstrap", cluster.BootstrapServers, "--limit", "300", "--seed", "9");
        Assert.True(code == 0, test.Error.ToString());
        Assert.Contains("delivered 300 examples", test.Out.ToString(), StringComparison.Ordinal);

        var ids = await ReadAsync(cluster, "made", 300);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"syn-{i}").Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 600_000)]
    public async Task Sends_a_data_set_once_by_default()
    {
        using var folder = new TemporaryFolder().With("few.csv", "id,label,a\nx,1,0.5\ny,0,1.5\n");
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = ["made"] });
        string[] args = ["produce", "--data", "few.csv", "--topic", "made", "--bootstrap", cluster.BootstrapServers, "--set", "data.columns.id=id"];
        using var oneEpoch = new TestContexts(folder.Path);
        Assert.Equal(0, await oneEpoch.InvokeAsync(args));
        Assert.Contains("delivered 2 examples", oneEpoch.Out.ToString(), StringComparison.Ordinal);
        using var threeEpochs = new TestContexts(folder.Path);
        Assert.Equal(0, await threeEpochs.InvokeAsync([.. args, "--epochs", "3"]));
        Assert.Contains("delivered 6 examples", threeEpochs.Out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_200, null, "1,200 delivered (120/s)")]
    [InlineData(1_200, 3_000L, "1,200 of 3,000 delivered (120/s, 15 s left)")]
    [InlineData(0, 3_000L, "0 of 3,000 delivered (0.0/s)")]
    public void Reports_its_progress(long delivered, long? total, string expected) =>
        Assert.Equal(expected, ProduceCommand.Progress(delivered, total, TimeSpan.FromSeconds(10)));

    [Fact(Timeout = 600_000)]
    public async Task Sends_the_true_class_of_flipped_labels_in_a_header()
    {
        using var folder = new TemporaryFolder().With("few.csv", "id,label,a\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"x{i},{i % 2},0.5\n")));
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = ["made"] });
        using var test = new TestContexts(folder.Path);
        Assert.Equal(0, await test.InvokeAsync(
            "produce", "--data", "few.csv", "--topic", "made", "--bootstrap", cluster.BootstrapServers, "--set", "data.columns.id=id", "--set", "data.drift.flips.1=0.3"));
        Assert.Contains("drifting", test.Out.ToString(), StringComparison.Ordinal);

        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = cluster.BootstrapServers, GroupId = "truth", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Subscribe("made");
        var decoder = new ExampleDecoder(new WireLimits());
        var (right, wrong) = (0, 0);
        while (right + wrong < 20)
        {
            var message = consumer.Consume(TestContext.Current.CancellationToken).Message;
            var truth = Encoding.UTF8.GetString(message.Headers.GetLastBytes(WireHeaders.Truth));
            var example = decoder.Decode(message.Value, WireFormat.Protobuf, message.Key).Example!;
            Assert.Equal(int.Parse(example.Id[1..], CultureInfo.InvariantCulture) % 2 == 0 ? "0" : "1", truth);
            if (TargetName.Of(example.Target) == truth)
                right++;
            else
                wrong++;
        }

        Assert.Equal((17, 3), (right, wrong));
    }

    private static async Task<List<string>> ReadAsync(EmbeddedCluster cluster, string topic, int count)
    {
        var kafka = new KafkaOptions { BootstrapServers = cluster.BootstrapServers, Topic = topic, GroupId = "test" };
        await using var consumer = new RecordConsumer(kafka, new ConsumingOptions(), new StartPosition.Earliest(), null, TimeProvider.System, NullLogger.Instance);
        consumer.Start();
        var decoder = new ExampleDecoder(new WireLimits());
        var ids = new List<string>();
        while (ids.Count < count)
        {
            using var chunk = await NextAsync(consumer.Chunks);
            ids.AddRange(chunk.Records.Select(r => decoder.Decode(chunk.Read(r.Value), r.Format, chunk.Read(r.Key)).Example!.Id));
        }

        return ids;
    }

    private static ValueTask<RecordChunk> NextAsync(ChannelReader<RecordChunk> chunks) => chunks.ReadAsync(TestContext.Current.CancellationToken);
}
