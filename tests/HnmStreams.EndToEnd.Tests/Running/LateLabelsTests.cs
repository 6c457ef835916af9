using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Predictions;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of labels in a separate topic, with the service as a process and a real broker.</summary>
public sealed class LateLabelsTests(RealBroker broker) : IClassFixture<RealBroker>
{
    [Fact(Timeout = 600_000)]
    public async Task Labels_of_a_topic_of_their_own_are_joined_over_a_restart()
    {
        var bootstrap = await broker.BootstrapOrSkipAsync();
        var (examples, labels) = (await broker.CreateTopicAsync(partitions: 2), await broker.CreateTopicAsync(partitions: 3));
        using var folder = new TemporaryFolder();
        await ProduceAsync(bootstrap, examples, Inputs(0, 1_000));
        await ProduceAsync(bootstrap, labels, [.. Labels(0, 600), .. Labels(0, 50)]);
        var first = await RunAsync(folder, bootstrap, examples, labels);
        Assert.Equal((1_000, 600, 400, 50), (first.Predicted, first.Joined, first.Waiting, first.Repeated));

        await ProduceAsync(bootstrap, labels, Labels(600, 1_200));
        await ProduceAsync(bootstrap, examples, Inputs(1_000, 1_200));
        var second = await RunAsync(folder, bootstrap, examples, labels);
        Assert.Equal((1_200, 1_200, 0, 50), (second.Predicted, second.Joined, second.Waiting, second.Repeated));

        var predicted = Predictions(bootstrap, examples + ".predictions", count: 1_200);
        Assert.Equal(Enumerable.Range(0, 1_200).Select(IdOf).Order(StringComparer.Ordinal), predicted.Order(StringComparer.Ordinal));
    }

    private static async Task<(int Predicted, int Joined, int Waiting, int Repeated)> RunAsync(TemporaryFolder folder, string bootstrap, string examples, string labels)
    {
        var settings = await TabularService.SettingsAsync(
            bootstrap, examples, folder, "--set", "labels.mode=later", "--set", $"kafka.labelsTopic={labels}", "--set", $"kafka.predictionsTopic={examples}.predictions", "--set", "run.untilEnd=true", "--summary", folder["summary.json"]);
        var (exitCode, output) = await HnmProcess.RunAsync([.. settings]);
        Assert.True(exitCode == 0, output);
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(folder["summary.json"], TestContext.Current.CancellationToken));
        var ranking = summary.RootElement.GetProperty("ranking");
        var latency = summary.RootElement.GetProperty("scoring").GetProperty("latency").GetProperty("total");
        Assert.InRange(latency.GetProperty("p50").GetDouble(), 1e-6, latency.GetProperty("p99").GetDouble());
        var counts = ranking.GetProperty("labels");
        return (ranking.GetProperty("stream").GetProperty("predicted").GetInt32(), Count("joined"), Count("waitingInputs"), Count("labelsRepeated"));

        int Count(string name) => counts.GetProperty(name).GetInt32();
    }

    private static IEnumerable<Example> Inputs(int from, int to) => Enumerable.Range(from, to - from).Select(i => Of(i) with { Target = Target.None.Instance });

    private static IEnumerable<Example> Labels(int from, int to) => Enumerable.Range(from, to - from).Select(i => Of(i) with { Input = ExampleInput.None.Instance });

    private static Example Of(int number) => new(
        IdOf(number), new Target.ClassIndex(number % 10 == 0 ? 1 : 0), new ExampleInput.Dense(ElementType.Float32, [4], Enumerable.Range(0, 4).SelectMany(i => BitConverter.GetBytes((float)(number % (7 + i)))).ToArray()));

    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"e-{number:D5}");

    private static async Task ProduceAsync(string bootstrap, string topic, IEnumerable<Example> examples)
    {
        await using var producer = new ExampleProducer(new KafkaOptions { BootstrapServers = bootstrap, Topic = topic }, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        foreach (var example in examples)
            await producer.ProduceAsync(example, TestContext.Current.CancellationToken);
        await producer.FlushAsync(TestContext.Current.CancellationToken);
    }

    private static HashSet<string> Predictions(string bootstrap, string topic, int count)
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = topic, AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        reader.Subscribe(topic);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (ids.Count < count)
        {
            var message = reader.Consume(TestContext.Current.CancellationToken).Message;
            Assert.Equal(Encoding.UTF8.GetString(message.Key), PredictionEncoding.Decode(message.Value, PredictionFormat.Json).Id);
            ids.Add(Encoding.UTF8.GetString(message.Key));
        }

        reader.Close();
        return ids;
    }
}
