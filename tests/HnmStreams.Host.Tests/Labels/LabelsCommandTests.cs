using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.LabelRequests;
using HnmStreams.Kafka.Predictions;
using HnmStreams.Kafka.Producing;
using HnmStreams.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Host.Tests.Labels;

public sealed class LabelsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedCluster _cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = ["events", "scores", "verdicts", "asked"] });

    public void Dispose()
    {
        _cluster.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = 600_000)]
    public async Task Exports_the_examples_with_the_most_doubt_and_imports_the_labels_of_people()
    {
        await ProduceAsync(
            [Unlabeled("sure"), Unlabeled("doubtful"), Unlabeled("disputed"), Unlabeled("labeled"), Unlabeled("deleted"), new Example("labeled", new Target.Label("1"), ExampleInput.None.Instance)],
            [Prediction("sure", 1, 0.02), Prediction("doubtful", 1, 0.45), Prediction("disputed", 1, 0.01), Prediction("disputed", 2, 0.98), Prediction("labeled", 1, 0.5), Prediction("deleted", 1, 0.5), Prediction("unknown", 1, 0.5)]);
        using var export = new TestContexts(_folder.Path);
        Assert.True(await export.InvokeAsync(Arguments("export", "tasks.json", "--count", "2", "--predictions-topic", "scores")) == 0, export.Error.ToString());
        Assert.Contains("exported 2 tasks", export.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("<Choice value=\"not 1\"/>", export.Out.ToString(), StringComparison.Ordinal);

        var path = Path.Combine(_folder.Path, "tasks.json");
        var tasks = JsonNode.Parse(await File.ReadAllTextAsync(path))!.AsArray();
        Assert.Equal(["doubtful", "disputed"], tasks.Select(t => (string?)t!["data"]!["hnm_id"]));
        Assert.Equal("amount: 12.5", (string?)tasks[0]!["data"]!["text"]);
        Assert.Equal("v2", (string?)tasks[1]!["predictions"]![0]!["model_version"]);
        Assert.Equal(["1"], tasks[1]!["predictions"]![0]!["result"]![0]!["value"]!["choices"]!.AsArray().Select(c => (string?)c));

        foreach (var task in tasks)
        {
            task!["annotations"] = JsonNode.Parse("""
                [{"result": [{"from_name": "label", "to_name": "input", "type": "choices", "value": {"choices": ["1"]}}], "updated_at": "2026-11-23T10:00:00Z"}]
                """);
        }

        await File.WriteAllTextAsync(path, tasks.ToJsonString());
        using var import = new TestContexts(_folder.Path);
        Assert.True(await import.InvokeAsync(Arguments("import", "tasks.json")) == 0, import.Error.ToString());
        Assert.Contains("sent 2 labels to events", import.Out.ToString(), StringComparison.Ordinal);
        var labels = ReadLabels(3);
        Assert.Equal(["disputed", "doubtful", "labeled"], labels.Select(l => l.Id).Order(StringComparer.Ordinal));
        Assert.All(labels, l => Assert.Equal(new Target.Label("1"), l.Target));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero), labels.Single(l => l.Id == "doubtful").EventTime);
    }

    [Fact(Timeout = 600_000)]
    public async Task Exports_the_open_requests_and_imports_into_the_topic_of_labels()
    {
        await ProduceAsync([Unlabeled("open"), Unlabeled("ended"), Unlabeled("doubtful")], [Prediction("doubtful", 1, 0.5)]);
        var kafka = new KafkaOptions { BootstrapServers = _cluster.BootstrapServers, LabelRequestsTopic = "asked" };
        await using (var requests = new LabelRequestProducer(kafka, TimeProvider.System, NullLogger.Instance))
        {
            foreach (var id in (string[])["open", "ended"])
                requests.Write(new LabelRequest(id, new Origin("events", 0, 0), LabelRequestReason.Uncertain, 0.9, 0.9, 0, 3, "not 1", [0.6f, 0.4f], DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));
            requests.WriteEnd("ended");
            await requests.FlushAsync(TestContext.Current.CancellationToken);
        }

        using var export = new TestContexts(_folder.Path);
        Assert.True(await export.InvokeAsync(Arguments("export", "tasks.json", "--predictions-topic", "scores", "--requests-topic", "asked")) == 0, export.Error.ToString());
        var path = Path.Combine(_folder.Path, "tasks.json");
        var tasks = JsonNode.Parse(await File.ReadAllTextAsync(path))!.AsArray();
        Assert.Equal("open", (string?)Assert.Single(tasks)!["data"]!["hnm_id"]);
        tasks[0]!["annotations"] = JsonNode.Parse("""[{"result": [{"type": "choices", "value": {"choices": ["not 1"]}}], "updated_at": "2026-11-23T10:00:00Z"}]""");
        await File.WriteAllTextAsync(path, tasks.ToJsonString());

        using var import = new TestContexts(_folder.Path);
        Assert.True(await import.InvokeAsync(Arguments("import", "tasks.json", "--labels-topic", "verdicts", "--set", "labels.mode=later")) == 0, import.Error.ToString());
        Assert.Contains("sent 1 labels to verdicts", import.Out.ToString(), StringComparison.Ordinal);
        Assert.Equal(("open", new Target.Label("not 1")), ReadLabels(1, "verdicts").Select(l => (l.Id, l.Target)).Single());
    }

    [Fact(Timeout = 600_000)]
    public async Task Refuses_to_send_labels_to_a_topic_with_records_of_another_form()
    {
        using var test = new TestContexts(_folder.Path);
        Assert.Equal(2, await test.InvokeAsync(Arguments("import", "tasks.json", "--set", "wire.fields.label=$.fraud", "--set", "wire.fields.id=$.id", "--set", "wire.fields.features=[\"$.tx\"]")));
        Assert.Contains("wire.fields", test.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 600_000)]
    [InlineData("kafka.predictionsTopic", "export", "tasks.json")]
    [InlineData("kafka.bootstrapServers", "import", "tasks.json", "--bootstrap", "")]
    public async Task Names_the_missing_setting(string setting, params string[] arguments)
    {
        using var test = new TestContexts(_folder.Path);
        Assert.Equal(2, await test.InvokeAsync(arguments.Contains("--bootstrap") ? ["labels", .. arguments] : Arguments(arguments)));
        Assert.Contains(setting, test.Error.ToString(), StringComparison.Ordinal);
    }

    private static Example Unlabeled(string id) => new(id, Target.None.Instance, new ExampleInput.Features([new Feature("amount", 12.5, null)]));

    private static Prediction Prediction(string id, long version, double positive) => new(id, version, true, [0], [1 - positive, positive], null, DateTimeOffset.UnixEpoch);

    private string[] Arguments(params string[] arguments) =>
        ["labels", .. arguments, "--topic", "events", "--bootstrap", _cluster.BootstrapServers, "--set", "task.name=tabular", "--set", "task.tabular.features=1"];

    private async Task ProduceAsync(IReadOnlyList<Example> examples, IReadOnlyList<Prediction> predictions)
    {
        var kafka = new KafkaOptions { BootstrapServers = _cluster.BootstrapServers, Topic = "events", PredictionsTopic = "scores" };
        await using var producer = new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        foreach (var example in examples)
            await producer.ProduceAsync(example);
        await producer.FlushAsync(TestContext.Current.CancellationToken);
        await producer.ProduceRawAsync(Encoding.UTF8.GetBytes("deleted"), null, WireFormat.Unknown);
        await producer.FlushAsync(TestContext.Current.CancellationToken);
        await using var scores = new PredictionProducer(kafka, TimeProvider.System, NullLogger.Instance);
        foreach (var prediction in predictions)
            scores.Write(prediction);
        await scores.FlushAsync(TestContext.Current.CancellationToken);
    }

    private List<Example> ReadLabels(int count, string topic = "events")
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = _cluster.BootstrapServers, GroupId = "labels", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Subscribe(topic);
        var decoder = new ExampleDecoder(new WireLimits(), WireFormat.Protobuf, LabelMode.Mixed);
        var labels = new List<Example>();
        while (labels.Count < count)
        {
            var message = consumer.Consume(TestContext.Current.CancellationToken).Message;
            if (message.Value is not null && decoder.Decode(message.Value, WireFormat.Protobuf, message.Key).Example is { IsLabel: true } label)
                labels.Add(label);
        }

        return labels;
    }
}
