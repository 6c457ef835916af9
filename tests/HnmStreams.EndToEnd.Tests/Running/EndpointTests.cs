using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.EndToEnd.Tests.Processes;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of a running service from outside: its HTTP endpoints and its stream.</summary>
public sealed partial class EndpointTests
{
    [Fact(Timeout = 600_000)]
    public async Task Endpoints_report_the_learner_and_another_client_reads_the_stream()
    {
        await using var hnm = HnmProcess.Start("run", "--set", "http.urls=http://127.0.0.1:0", "--set", "models.folder=null", "--set", "run.reportEvery=1s");
        using var http = new HttpClient { BaseAddress = new Uri(Address().Match(await hnm.LineAsync("http    ")).Value) };
        var cancellation = TestContext.Current.CancellationToken;
        await hnm.LineAsync("steps 1");

        Assert.True((await http.GetAsync("/healthz/live", cancellation)).IsSuccessStatusCode);
        Assert.True((await http.GetAsync("/healthz/ready", cancellation)).IsSuccessStatusCode);
        var status = await http.GetFromJsonAsync<JsonElement>("/api/status", cancellation);
        Assert.Contains("consumed", status.ToString(), StringComparison.Ordinal);
        var hardest = (await http.GetFromJsonAsync<JsonElement>("/api/hard-negatives?top=5", cancellation)).GetProperty("items");
        Assert.Equal(5, hardest.GetArrayLength());
        var hardness = hardest.EnumerateArray().Select(h => h.GetProperty("hardness").GetDouble()).ToArray();
        Assert.Equal(hardness.OrderDescending(), hardness);
        Assert.StartsWith("syn-", hardest[0].GetProperty("id").GetString(), StringComparison.Ordinal);
        var metrics = await http.GetStringAsync("/metrics", cancellation);
        foreach (var name in new[] { "hnm_examples_consumed", "hnm_train_steps", "hnm_score_duration_seconds", "hnm_model_published" })
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await http.GetAsync("/api/hard-negatives?top=0", cancellation)).StatusCode);

        var bootstrap = Address().Match(await hnm.LineAsync("stream ")).Value;
        Assert.NotNull(ReadOne(bootstrap, "hnm.examples"));
    }

    private static Data.Examples.Example? ReadOne(string bootstrap, string topic)
    {
        using var client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "outside" }).Build();
        client.Assign(new TopicPartitionOffset(topic, 0, Offset.End));
        var record = client.Consume(TimeSpan.FromSeconds(60));
        client.Close();
        return new ExampleDecoder(new WireLimits()).Decode(record.Message.Value, WireFormat.Unknown, record.Message.Key).Example;
    }

    [GeneratedRegex(@"(http://)?127\.0\.0\.1:\d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
