using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.LabelRequests;
using HnmStreams.Kafka.Producing;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of label requests, with the service as a process and a real broker.</summary>
public sealed class LabelRequestsTests(RealBroker broker) : IClassFixture<RealBroker>
{
    private const int Inputs = 400;
    private const int MaxOpen = 20;

    [Fact(Timeout = 600_000)]
    public async Task Requests_appear_in_the_topic_and_the_API_and_end_with_their_labels_also_after_a_kill()
    {
        var bootstrap = await broker.BootstrapOrSkipAsync();
        var (examples, labels) = (await broker.CreateTopicAsync(partitions: 2), await broker.CreateTopicAsync(partitions: 1));
        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = examples, LabelsTopic = labels, LabelRequestsTopic = examples + ".requests" };
        using var folder = new TemporaryFolder();
        await ProduceAsync(kafka, Enumerable.Range(0, Inputs).Select(i => Of(i) with { Target = Target.None.Instance }));

        await using (var first = await StartAsync(kafka, folder, "1000000"))
        {
            using var http = await first.HttpAsync();
            var open = await UntilAsync(http, r => r.GetProperty("items").GetArrayLength() == MaxOpen);
            var ids = IdsOf(open);
            Assert.Equal(["not 1", "1"], open.GetProperty("labels").EnumerateArray().Select(l => l.GetString()));

            // A person answers the first one by the API, and a record of the producer the second one.
            await TabularService.PostAsync(http, $"/api/label-requests/{ids[0]}/answer?label=1");
            await ProduceAsync(kafka.ForSendingLabels(), [new Example(ids[1], new Target.ClassIndex(0), ExampleInput.None.Instance)]);
            open = await UntilAsync(http, r => r.GetProperty("counts").GetProperty("answered").GetInt32() == 2 && r.GetProperty("items").GetArrayLength() == MaxOpen);
            Assert.DoesNotContain(ids[0], IdsOf(open));
            Assert.DoesNotContain(ids[1], IdsOf(open));
            Assert.Equal(2 + MaxOpen, open.GetProperty("counts").GetProperty("requested").GetInt32());
            await TabularService.CheckpointAsync(http);
            Assert.Equal(IdsOf(open).Order(StringComparer.Ordinal), OpenInTopic(kafka));
            first.Kill();
            await first.ExitAsync();
        }

        // At this rate at most one further label, which was due before the kill, is requested.
        await using var second = await StartAsync(kafka, folder, "0.001");
        using (var http = await second.HttpAsync())
        {
            var open = await UntilAsync(http, r => r.GetProperty("items").GetArrayLength() == MaxOpen);
            Assert.Equal(IdsOf(open).Order(StringComparer.Ordinal), OpenInTopic(kafka));
            var asked = IdsOf(open);
            await ProduceAsync(kafka.ForSendingLabels(), asked.Select(id => new Example(id, new Target.ClassIndex(0), ExampleInput.None.Instance)));
            open = await UntilAsync(http, r => r.GetProperty("counts").GetProperty("answered").GetInt32() == 2 + MaxOpen);
            Assert.InRange(IdsOf(open).Count, 0, 1);
            Assert.DoesNotContain(IdsOf(open), asked.Contains);
            Assert.Equal(0, open.GetProperty("counts").GetProperty("expired").GetInt32());
            await TabularService.CheckpointAsync(http);
            Assert.DoesNotContain(OpenInTopic(kafka), asked.Contains);
        }
    }

    private static async Task<HnmProcess> StartAsync(KafkaOptions kafka, TemporaryFolder folder, string perHour) => HnmProcess.Start([.. await TabularService.SettingsAsync(
        kafka.BootstrapServers!, kafka.Topic, folder, "--set", "labels.mode=later", "--set", $"kafka.labelsTopic={kafka.LabelsTopic}", "--set", $"kafka.labelRequestsTopic={kafka.LabelRequestsTopic}",
        "--set", $"labels.requests.perHour={perHour}", "--set", $"labels.requests.maxOpen={MaxOpen}", "--set", "pipeline.evaluation.heldOutShare=0.1")]);

    private static async Task<JsonElement> UntilAsync(HttpClient http, Func<JsonElement, bool> reached)
    {
        while (true)
        {
            using var response = await http.GetAsync("/api/label-requests?top=1000", TestContext.Current.CancellationToken);
            if (response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken) is var requests && reached(requests))
                return requests;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static List<string> IdsOf(JsonElement requests) => [.. requests.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];

    private static IEnumerable<string> OpenInTopic(KafkaOptions kafka) =>
        LabelRequestReader.ReadOpen(kafka, TestContext.Current.CancellationToken).Select(r => r.Id).Order(StringComparer.Ordinal);

    private static Example Of(int number) => new(
        $"e-{number}", new Target.ClassIndex(0), new ExampleInput.Dense(ElementType.Float32, [4], Enumerable.Range(0, 4).SelectMany(i => BitConverter.GetBytes((float)(number % (7 + i)))).ToArray()));

    private static async Task ProduceAsync(KafkaOptions kafka, IEnumerable<Example> examples)
    {
        await using var producer = new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        foreach (var example in examples)
            await producer.ProduceAsync(example, TestContext.Current.CancellationToken);
        await producer.FlushAsync(TestContext.Current.CancellationToken);
    }
}
