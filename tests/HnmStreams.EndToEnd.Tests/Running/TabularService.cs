using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>A small service with checkpoints: its settings, its producer, and requests to its endpoints.</summary>
internal static class TabularService
{
    private const string Token = "a-token-for-tests";

    /// <summary>Creates and fills a topic, and returns the command line of a service that learns from it.</summary>
    public static async Task<List<string>> SettingsAsync(RealBroker broker, TemporaryFolder folder, int examples, params string[] more)
    {
        var topic = await broker.CreateTopicAsync(partitions: 1);
        var settings = await SettingsAsync(await broker.BootstrapOrSkipAsync(), topic, folder, more);
        await ProduceAsync(settings, examples, seed: 1);
        return settings;
    }

    public static async Task<List<string>> SettingsAsync(string bootstrap, string topic, TemporaryFolder folder, params string[] more)
    {
        await File.WriteAllTextAsync(
            folder["task.json"],
            """{ "taskFile": null, "task": { "name": "tabular", "tabular": { "features": 4, "hidden": [16] } }, "pipeline": { "device": "cpu" } }""",
            TestContext.Current.CancellationToken);
        return
        [
            "run", "--config", folder["task.json"], "--set", $"kafka.bootstrapServers={bootstrap}", "--set", $"kafka.topic={topic}", "--set", $"kafka.groupId=g-{topic}",
            "--checkpoints", folder["state"], "--set", "models.folder=null", "--set", "http.urls=http://127.0.0.1:0", "--set", $"http.token={Token}",
            "--set", "run.display=plain", "--set", "run.reportEvery=200ms", .. more,
        ];
    }

    public static string TopicOf(List<string> settings) => Of(settings, "kafka.topic=");

    public static async Task ProduceAsync(List<string> settings, int examples, ulong seed)
    {
        await using var producer = new HnmStreams.Chaos.NumberedProducer(Of(settings, "kafka.bootstrapServers="), TopicOf(settings), seed);
        await producer.SendUpToAsync(examples, int.MaxValue, TestContext.Current.CancellationToken);
        await producer.FlushAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<JsonElement> StatusAsync(HttpClient http) =>
        await http.GetFromJsonAsync<JsonElement>("/api/status", TestContext.Current.CancellationToken);

    public static async Task<string> ReadyAsync(HttpClient http)
    {
        using var response = await http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<JsonElement> CheckpointAsync(HttpClient http) => await PostAsync(http, "/api/checkpoint");

    public static async Task<JsonElement> PostAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {body}"));
        return JsonDocument.Parse(body).RootElement;
    }

    public static async Task WaitAsync(HttpClient http, Func<JsonElement, bool> reached)
    {
        while (!reached(await StatusAsync(http)))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public static Task ConsumedAsync(HttpClient http, long examples) =>
        WaitAsync(http, s => s.GetProperty("learner") is { ValueKind: JsonValueKind.Object } learner && learner.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64() == examples);

    private static string Of(List<string> settings, string key) => settings.First(s => s.StartsWith(key, StringComparison.Ordinal))[key.Length..];
}
