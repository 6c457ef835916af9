using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.LabelRequests;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of labels that come later in a cluster: requests, the end of the wait, and the delays of labels. Real processes and a real broker; time is that of the records.</summary>
public sealed class ClusterLateLabelsTests(RealBroker broker) : IClassFixture<RealBroker>
{
    private const int MaxOpen = 20;

    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(-2);

    [Fact(Timeout = 600_000)]
    public async Task Requests_expiry_and_delays_of_labels_continue_while_a_node_and_the_learner_are_killed()
    {
        var bootstrap = await broker.BootstrapOrSkipAsync();
        var (examples, labels) = (await broker.CreateTopicAsync(partitions: 2), await broker.CreateTopicAsync(partitions: 2));
        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = examples, LabelsTopic = labels, LabelRequestsTopic = examples + ".requests" };
        using var folder = new TemporaryFolder();
        var port = FreePort.Find();
        var settings = await TabularService.SettingsAsync(
            bootstrap, examples, folder, "--set", "cluster.enabled=true", "--set", "cluster.weightsPort=0", "--set", $"cluster.seedNodes=127.0.0.1:{port}",
            "--set", "labels.mode=later", "--set", $"kafka.labelsTopic={labels}", "--set", $"kafka.labelRequestsTopic={kafka.LabelRequestsTopic}", "--set", "labels.requests.perHour=1000000",
            "--set", $"labels.requests.maxOpen={MaxOpen}", "--set", "labels.timeout=1h", "--set", "labels.corrections=1d", "--set", "labels.whenNoLabel=presumeNegative", "--set", "labels.delayCorrection=feedbackShift");
        string[] learnerSettings = [.. settings, "--role", "learn", "--set", $"cluster.port={port}"];
        string[] nodeSettings = [.. settings, "--role", "score", "--set", "cluster.port=0"];

        await using var node = HnmProcess.Start(nodeSettings);
        await using (var learner = HnmProcess.Start(learnerSettings))
        {
            using var http = await learner.HttpAsync();
            await using (var other = HnmProcess.Start(nodeSettings))
            {
                await ProduceAsync(bootstrap, examples, Inputs(0, 600), TimeSpan.Zero);
                await UntilAsync(http, s => Number(s, "labels", "waitingInputs") == 600 && Number(s, "requests", "open") == MaxOpen);
                other.Kill();
                await other.ExitAsync();
            }

            // A tenth of the labels are positive.
            await ProduceAsync(bootstrap, labels, Labels(0, 400), TimeSpan.FromMinutes(10));
            var joined = await UntilAsync(http, s => Number(s, "labels", "joined") == 400 && Number(s, "requests", "open") == MaxOpen);
            Assert.Equal((200, 0, 40), (Number(joined, "labels", "waitingInputs"), Number(joined, "labels", "presumed"), Number(joined, "presumedWeights", "positives")));
            AssertRequests(joined);

            // The time of these records ends the wait of those without a label.
            await ProduceAsync(bootstrap, examples, Inputs(600, 800), TimeSpan.FromHours(2));
            var expired = await UntilAsync(http, s => Number(s, "labels", "presumed") == 200 && Number(s, "labels", "waitingInputs") == 200 && Number(s, "requests", "open") == MaxOpen);
            Assert.Equal((200, 40), (Number(expired, "presumedWeights", "weighted"), Number(expired, "presumedWeights", "positives")));
            Assert.Equal(1, expired.GetProperty("presumedWeights").GetProperty("inTime").GetDouble());
            Assert.True(Number(expired, "requests", "expired") >= 1);
            AssertRequests(expired);
            await TabularService.CheckpointAsync(http);
            // Only examples that still wait are requested.
            var open = OpenInTopic(kafka);
            Assert.Equal(MaxOpen, open.Count);
            Assert.All(open, id => Assert.InRange(id, "e-00600", "e-00799"));
            learner.Kill();
            await learner.ExitAsync();
        }

        await using var next = HnmProcess.Start(learnerSettings);
        using var resumed = await next.HttpAsync();
        // Labels of presumed negatives: of each ten one is positive.
        await ProduceAsync(bootstrap, labels, Labels(400, 450), TimeSpan.FromMinutes(150));
        var corrected = await UntilAsync(resumed, s => Number(s, "labels", "presumedTurned") + Number(s, "labels", "confirmed") == 50);
        Assert.Equal((5, 45, 400), (Number(corrected, "labels", "presumedTurned"), Number(corrected, "labels", "confirmed"), Number(corrected, "labels", "joined")));
        Assert.Equal(45, Number(corrected, "presumedWeights", "positives"));
        Assert.Equal(40 / 45.0, corrected.GetProperty("presumedWeights").GetProperty("inTime").GetDouble(), 1e-6);
        AssertRequests(corrected);
        Assert.Equal((800, 0), (Number(corrected, "stream", "predicted"), Number(corrected, "stream", "duplicates")));
        next.Terminate();
        Assert.Equal(0, await next.ExitAsync());
    }

    private static void AssertRequests(JsonElement ranking) =>
        Assert.Equal(Number(ranking, "requests", "requested"), Number(ranking, "requests", "open") + Number(ranking, "requests", "answered") + Number(ranking, "requests", "expired"));

    /// <summary>Waits until the status of the ranking stage meets a condition, and returns it.</summary>
    private static async Task<JsonElement> UntilAsync(HttpClient http, Func<JsonElement, bool> reached)
    {
        JsonElement ranking = default;
        await TabularService.WaitAsync(http, status =>
            status.GetProperty("learner") is { ValueKind: JsonValueKind.Object } learner && reached(ranking = learner.GetProperty("ranking")));
        return ranking;
    }

    private static int Number(JsonElement ranking, string part, string name) => ranking.GetProperty(part).GetProperty(name).GetInt32();

    private static List<string> OpenInTopic(KafkaOptions kafka) => [.. LabelRequestReader.ReadOpen(kafka, TestContext.Current.CancellationToken).Select(request => request.Id)];

    private static IEnumerable<Example> Inputs(int from, int to) => Enumerable.Range(from, to - from).Select(i => Of(i) with { Target = Target.None.Instance });

    private static IEnumerable<Example> Labels(int from, int to) => Enumerable.Range(from, to - from).Select(i => Of(i) with { Input = ExampleInput.None.Instance });

    private static Example Of(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"e-{number:D5}"),
        new Target.ClassIndex(number % 10 == 0 ? 1 : 0),
        new ExampleInput.Dense(ElementType.Float32, [4], Enumerable.Range(0, 4).SelectMany(i => BitConverter.GetBytes((float)(number % (7 + i)))).ToArray()));

    private static async Task ProduceAsync(string bootstrap, string topic, IEnumerable<Example> examples, TimeSpan after)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = bootstrap }).Build();
        await Task.WhenAll(examples.Select(example => producer.ProduceAsync(
            topic,
            new Message<string, byte[]>
            {
                Key = example.Id,
                Value = ExampleEncoder.ToProtobuf(example),
                Timestamp = new Timestamp((Start + after).UtcDateTime),
                Headers = [new Header(WireHeaders.Format, Encoding.ASCII.GetBytes(WireHeaders.Protobuf))],
            },
            TestContext.Current.CancellationToken)));
    }
}
