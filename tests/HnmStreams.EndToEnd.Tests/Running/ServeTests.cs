using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Predictions;
using HnmStreams.Kafka.Producing;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of <c>hnm serve</c> as a process beside a learner, with a real broker.</summary>
public sealed class ServeTests(RealBroker broker) : IClassFixture<RealBroker>
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    [Fact(Timeout = 600_000)]
    public async Task Serves_what_a_learner_promotes_in_the_same_bits_to_requests_and_the_stream()
    {
        var bootstrap = await broker.BootstrapOrSkipAsync();
        var (training, events) = (await broker.CreateTopicAsync(partitions: 1), await broker.CreateTopicAsync(partitions: 2));
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["state/versions"]);
        var learnerSettings = await TabularService.SettingsAsync(
            bootstrap, training, folder, "--set", "pipeline.publishing.prefer=newest", "--set", "pipeline.publishing.promoteEvery=100ms", "--set", "pipeline.evaluation.interval=200ms");
        await ProduceAsync(bootstrap, training, Enumerable.Range(0, 6_000).Select(Labeled));
        await using var learner = HnmProcess.Start([.. learnerSettings]);
        using var learnerHttp = await learner.HttpAsync();

        await using var serve = HnmProcess.Start([.. ServeSettings(bootstrap, events, folder)]);
        using var http = await serve.HttpAsync();
        await ReadyAsync(http);
        var first = await AgreeAsync(learnerHttp, http);

        // The stream: unlabeled events, and what is ignored or rejected.
        var inputs = Enumerable.Range(0, 500).Select(Labeled).ToList();
        await ProduceAsync(bootstrap, events, inputs.Select(e => e with { Target = Target.None.Instance }).Concat(inputs.Take(20).Select(e => e with { Input = ExampleInput.None.Instance })).Concat(inputs.Take(10)));
        await RealBrokerTests.SendPoisonAsync(bootstrap, events);
        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = events, GroupId = "reader", PredictionsTopic = events + ".predictions" };
        await WaitAsync(http, "records", r => (r.GetProperty("predicted").GetInt64(), r.GetProperty("labels").GetInt64(), r.GetProperty("labeled").GetInt64(), r.GetProperty("tombstones").GetInt64(), r.GetProperty("rejected").GetInt64()) == (500, 20, 10, 1, 1));
        var predictions = PredictionReader.Read(kafka, TestContext.Current.CancellationToken).ToDictionary(p => p.Id, StringComparer.Ordinal);
        Assert.Equal(500, predictions.Count);
        Assert.Equal([first], predictions.Values.Select(p => p.ModelVersion).Distinct());
        foreach (var part in inputs.Chunk(100))
        {
            var scores = await ScoreAsync(http, part);
            Assert.Equal(first, scores.GetProperty("modelVersion").GetInt64());
            foreach (var (input, score) in part.Zip(scores.GetProperty("items").EnumerateArray()))
                Assert.Equal(Bits(score.GetProperty("outputs")), predictions[input.Id].Outputs.Select(BitConverter.SingleToInt32Bits));
        }

        Assert.Contains("unknown-format", await http.GetStringAsync(new Uri("/api/status", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // A second version.
        await ProduceAsync(bootstrap, training, Enumerable.Range(6_000, 6_000).Select(Labeled));
        await WaitAsync(http, "models", m => m.GetProperty("model").GetProperty("version").GetInt64() > first);
        var second = await AgreeAsync(learnerHttp, http);
        Assert.NotEqual(first, second);
        var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        foreach (var name in (string[])["hnm_serve_ready", "hnm_serve_model_version", "hnm_serve_records_total", "hnm_serve_models_total", "hnm_predict_latency_seconds", "http_server_request_duration_seconds"])
            Assert.Contains(name, metrics, StringComparison.Ordinal);

        // A stop drains and commits, so that the next process predicts only what is new.
        serve.Terminate();
        Assert.True(await serve.ExitAsync() == 0, serve.Output);
        await ProduceAsync(bootstrap, events, Enumerable.Range(1_000, 7).Select(i => Labeled(i) with { Target = Target.None.Instance }));
        await using var next = HnmProcess.Start([.. ServeSettings(bootstrap, events, folder)]);
        using var nextHttp = await next.HttpAsync();
        await WaitAsync(nextHttp, "records", r => r.GetProperty("predicted").GetInt64() >= 7);
        next.Terminate();
        Assert.True(await next.ExitAsync() == 0, next.Output);
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(folder["serve.json"], TestContext.Current.CancellationToken));
        Assert.Equal(7, summary.RootElement.GetProperty("records").GetProperty("predicted").GetInt64());
    }

    [Fact(Timeout = 600_000)]
    public async Task Processes_share_a_group_and_a_killed_one_loses_no_record()
    {
        var bootstrap = await broker.BootstrapOrSkipAsync();
        var (training, events) = (await broker.CreateTopicAsync(partitions: 1), await broker.CreateTopicAsync(partitions: 4));
        using var folder = new TemporaryFolder();
        await ProduceAsync(bootstrap, training, Enumerable.Range(0, 3_000).Select(Labeled));
        // The learner ends: what it promoted stays in its folder.
        var (trained, output) = await HnmProcess.RunAsync([.. await TabularService.SettingsAsync(bootstrap, training, folder, "--set", "run.untilEnd=true")]);
        Assert.True(trained == 0, output);
        string[] settings = [.. ServeSettings(bootstrap, events, folder), "--set", "kafka.consumer.session.timeout.ms=6000", "--set", "kafka.consumer.heartbeat.interval.ms=1000"];
        await using var first = HnmProcess.Start(settings);
        await using var second = HnmProcess.Start(settings);
        using var firstHttp = await first.HttpAsync();
        using var secondHttp = await second.HttpAsync();
        foreach (var http in (HttpClient[])[firstHttp, secondHttp])
            await AssignedAsync(http);

        await ProduceAsync(bootstrap, events, Unlabeled(0, 2_000));
        await WaitAsync(firstHttp, "records", r => r.GetProperty("predicted").GetInt64() > 0);
        await WaitAsync(secondHttp, "records", r => r.GetProperty("predicted").GetInt64() > 0);
        await ProduceAsync(bootstrap, events, Unlabeled(2_000, 2_000));
        first.Kill();
        await ProduceAsync(bootstrap, events, Unlabeled(4_000, 1_000));

        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = events, GroupId = "reader", PredictionsTopic = events + ".predictions" };
        HashSet<string> predicted;
        do
        {
            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
            predicted = [.. PredictionReader.Read(kafka, TestContext.Current.CancellationToken).Select(p => p.Id)];
        }
        while (predicted.Count < 5_000);
        second.Terminate();
        Assert.True(await second.ExitAsync() == 0, second.Output);
    }

    [Fact(Timeout = 600_000)]
    public async Task Waits_for_the_first_model_and_is_not_ready_before()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["state/versions"]);
        await File.WriteAllTextAsync(folder["task.json"], TaskFile(features: 4), TestContext.Current.CancellationToken);
        await using var serve = HnmProcess.Start("serve", "--config", folder["task.json"], "--models", folder["state/versions"], "--set", "http.urls=http://127.0.0.1:0");
        using var http = await serve.HttpAsync();
        await serve.LineAsync("waiting for the first saved version");
        using var ready = await http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("No model is loaded yet", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var body = Body([Labeled(1)]);
        using var scored = await http.PostAsync(new Uri("/api/score", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, scored.StatusCode);
        serve.Terminate();
        Assert.True(await serve.ExitAsync() == 0, serve.Output);
    }

    [Fact(Timeout = 600_000)]
    public async Task Reports_a_missing_folder_and_a_model_of_another_shape()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["task.json"], TaskFile(features: 4), TestContext.Current.CancellationToken);
        var (missing, missingOutput) = await HnmProcess.RunAsync("serve", "--config", folder["task.json"], "--models", folder["nowhere"], "--set", "http.urls=off");
        Assert.Equal(2, missing);
        Assert.Contains("'models.folder' must be a folder that exists", missingOutput, StringComparison.Ordinal);

        // The model of a run with other features.
        var (trained, output) = await HnmProcess.RunAsync("run", "--limit", "2000", "--set", $"models.folder={folder["models"]}", "--set", "http.urls=off", "--checkpoints", "off");
        Assert.True(trained == 0, output);
        var (wrong, wrongOutput) = await HnmProcess.RunAsync("serve", "--config", folder["task.json"], "--models", folder["models"], "--set", "http.urls=off");
        Assert.Equal(2, wrong);
        Assert.Contains("cannot be served: It is a model of the task", wrongOutput, StringComparison.Ordinal);
    }

    private static string TaskFile(int features) => string.Create(
        CultureInfo.InvariantCulture, $$"""{ "taskFile": null, "task": { "name": "tabular", "tabular": { "features": {{features}}, "hidden": [16] } }, "pipeline": { "device": "cpu" } }""");

    private static string[] ServeSettings(string bootstrap, string topic, TemporaryFolder folder) =>
    [
        "serve", "--config", folder["task.json"], "--models", folder["state/versions"], "--summary", folder["serve.json"],
        "--set", $"kafka.bootstrapServers={bootstrap}", "--set", $"kafka.topic={topic}", "--set", $"kafka.groupId=g-{topic}", "--set", $"kafka.predictionsTopic={topic}.predictions",
        "--set", "labels.mode=mixed", "--set", "http.urls=http://127.0.0.1:0", "--set", "serve.reloadEvery=100ms", "--set", "serve.commitEvery=200ms",
    ];

    /// <summary>Waits until both serve the same version, compares their scores in every bit, and returns the version.</summary>
    private static async Task<long> AgreeAsync(HttpClient learner, HttpClient serve)
    {
        var examples = Enumerable.Range(20_000, 40).Select(Labeled).ToList();
        while (true)
        {
            var (of, by) = (await ScoreAsync(learner, examples), await ScoreAsync(serve, examples));
            if (of.GetProperty("promoted").GetBoolean() && of.GetProperty("modelVersion").GetInt64() == by.GetProperty("modelVersion").GetInt64() && await IsQuietAsync(learner))
            {
                Assert.Equal(of.GetRawText(), by.GetRawText());
                return by.GetProperty("modelVersion").GetInt64();
            }

            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
        }
    }

    // No newer version is promoted: the stream is consumed, and its newest version has been decided on.
    private static async Task<bool> IsQuietAsync(HttpClient learner)
    {
        var status = await TabularService.StatusAsync(learner);
        using var models = JsonDocument.Parse(await learner.GetStringAsync(new Uri("/api/models", UriKind.Relative), TestContext.Current.CancellationToken));
        return status.GetProperty("stream").GetProperty("lag").GetInt64() == 0
            && status.GetProperty("learner").GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64() % 6_000 == 0
            && models.RootElement.GetProperty("decisions").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } decision
            && decision.GetProperty("version").GetInt64() == models.RootElement.GetProperty("newest").GetInt64();
    }

    private static async Task ReadyAsync(HttpClient http)
    {
        while (true)
        {
            using var ready = await http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            if (ready.IsSuccessStatusCode)
                return;
            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
        }
    }

    private static async Task AssignedAsync(HttpClient http)
    {
        // The stream is connected after the model is loaded.
        await WaitAsync(http, "stream", _ => true);
        while ((await TabularService.ReadyAsync(http)).Contains("No partition", StringComparison.Ordinal))
            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
    }

    private static async Task WaitAsync(HttpClient http, string part, Func<JsonElement, bool> reached)
    {
        while (true)
        {
            var status = await TabularService.StatusAsync(http);
            if (status.GetProperty(part) is { ValueKind: JsonValueKind.Object } found && reached(found))
                return;
            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<JsonElement> ScoreAsync(HttpClient http, IReadOnlyList<Example> examples)
    {
        using var body = Body(examples);
        using var response = await http.PostAsync(new Uri("/api/score", UriKind.Relative), body, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        // Before its first promotion, and while it starts, a process has no model.
        return response.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : JsonDocument.Parse("""{ "promoted": false, "modelVersion": -1 }""").RootElement;
    }

    private static StringContent Body(IEnumerable<Example> examples) =>
        new($"[{string.Join(',', examples.Select(e => Encoding.UTF8.GetString(ExampleEncoder.ToJson(e))))}]", Encoding.UTF8, "application/json");

    private static IEnumerable<int> Bits(JsonElement outputs) => outputs.EnumerateArray().Select(o => BitConverter.SingleToInt32Bits((float)o.GetDouble()));

    private static Example Labeled(int number)
    {
        var features = Enumerable.Range(0, 4).Select(i => (float)((number * 31 + i * 17) % 23) / 23).ToArray();
        return new Example(
            string.Create(CultureInfo.InvariantCulture, $"e-{number}"),
            new Target.ClassIndex(features[0] + features[1] > 1.2f ? 1 : 0),
            new ExampleInput.Dense(ElementType.Float32, [4], features.SelectMany(BitConverter.GetBytes).ToArray()));
    }

    private static IEnumerable<Example> Unlabeled(int from, int count) => Enumerable.Range(from, count).Select(i => Labeled(i) with { Target = Target.None.Instance });

    private static async Task ProduceAsync(string bootstrap, string topic, IEnumerable<Example> examples)
    {
        await using var producer = new ExampleProducer(new KafkaOptions { BootstrapServers = bootstrap, Topic = topic }, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        foreach (var example in examples)
            await producer.ProduceAsync(example, TestContext.Current.CancellationToken);
        await producer.FlushAsync(TestContext.Current.CancellationToken);
    }
}
