using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using HnmStreams.EndToEnd.Tests.Processes;

namespace HnmStreams.EndToEnd.Tests.Dashboard.NewUser;

/// <summary>
/// The service on its synthetic stream in a state in which each view of the page has content: a changed stream, wrong labels, traces, dead
/// letters, several kept versions.
/// </summary>
public sealed class DemonstrationService : IAsyncLifetime
{
    public const string Token = "a-token-for-the-page";

    /// <summary>A setting that differs from its default.</summary>
    public const string ChangedSetting = "pipeline.pool.count";

    /// <summary>The key of a record that is not an example.</summary>
    public const string RejectedKey = "order\t17";

    /// <summary>The value of this record.</summary>
    public const string RejectedValue = "{\"label\": \"positive\",\n \"amount\": 12.5}";

    // Detects hangs only.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(9);

    private HnmProcess? _process;

    internal HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = HnmProcess.Start(
            "run", "--baselines", "--set", "http.urls=http://127.0.0.1:0", "--set", $"http.token={Token}", "--set", "models.folder=null",
            "--set", "synthetic.changeAfter=100000", "--set", "synthetic.changeEvery=60000",
            // Few candidates that are visited often, so that wrong labels are found soon.
            "--set", "synthetic.wrongLabelRate=0.001", "--set", $"{ChangedSetting}=500", "--set", "pipeline.pool.maxUses=0", "--set", "pipeline.pool.cooldownSteps=0",
            "--set", "pipeline.mix.hardShare=0.5", "--set", "pipeline.scoring.share=1", "--set", "pipeline.limiter.examplesPerStep=128",
            "--set", "pipeline.retention.labelNoise.minVisits=8", "--set", "pipeline.retention.labelNoise.hardestShare=0.3",
            "--set", "pipeline.evaluation.interval=1s", "--set", "pipeline.publishing.promoteEvery=1s", "--set", "pipeline.publishing.keepVersions=6");
        Http = await _process.HttpAsync();
        using var deadline = new CancellationTokenSource(StartTimeout);
        var status = await UntilAsync("/api/status", s => s.GetProperty("phase").GetString() == "learning", deadline.Token);
        await ProduceRejectedAsync(status.GetProperty("stream"), deadline.Token);
        await UntilAsync("/api/dead-letters", a => Count(a) > 1, deadline.Token);
        await UntilAsync("/api/quarantine", a => Count(a) > 1, deadline.Token);
        await UntilAsync("/api/traces?outcome=trained", a => a.GetProperty("traces").GetArrayLength() > 0, deadline.Token);
        await UntilAsync("/api/models", a => a.GetProperty("kept").GetArrayLength() > 2, deadline.Token);
        await UntilAsync("/api/recoveries", a => a.GetProperty("summary").ValueKind is JsonValueKind.Object, deadline.Token);
        await UntilAsync("/api/status", a => a.GetProperty("verdict").GetProperty("kind").GetString() is not ("waiting" or "notEnoughData"), deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
    }

    /// <summary>Pauses the intake and waits until the learner is idle, so that no candidate leaves the pool.</summary>
    internal async Task PauseAsync(CancellationToken cancellation)
    {
        await SendAsync("/api/pause", cancellation);
        long before, steps = -1;
        do
        {
            before = steps;
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellation);
            steps = (await GetAsync("/api/status", cancellation)).GetProperty("learner").GetProperty("training").GetProperty("steps").GetInt64();
        }
        while (steps != before);
    }

    internal Task ResumeAsync(CancellationToken cancellation) => SendAsync("/api/resume", cancellation);

    internal Task<JsonElement> GetAsync(string address, CancellationToken cancellation) => Http.GetFromJsonAsync<JsonElement>(address, cancellation);

    private async Task SendAsync(string address, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.Relative)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
        using var answer = await Http.SendAsync(request, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private static int Count(JsonElement answer) => answer.GetProperty("items").GetArrayLength();

    private static async Task ProduceRejectedAsync(JsonElement stream, CancellationToken cancellation)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = stream.GetProperty("bootstrap").GetString() }).Build();
        foreach (var (key, value) in new[] { (Encoding.UTF8.GetBytes(RejectedKey), Encoding.UTF8.GetBytes(RejectedValue)), (null, new byte[] { 0xff, 0x00, 0x10, 0x80 }) })
            await producer.ProduceAsync(stream.GetProperty("topic").GetString(), new Message<byte[]?, byte[]?> { Key = key, Value = value }, cancellation);
    }

    private async Task<JsonElement> UntilAsync(string address, Func<JsonElement, bool> holds, CancellationToken cancellation)
    {
        while (true)
        {
            var answer = await Http.GetAsync(new Uri(address, UriKind.Relative), cancellation);
            // There are no answers of a learner before there is one.
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation) is var content && holds(content))
                return content;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
        }
    }
}
