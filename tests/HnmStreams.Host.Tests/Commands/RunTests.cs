using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Confluent.Kafka;
using HnmStreams.Host.Application;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Commands;

public class RunTests
{
    [Fact(Timeout = 600_000)]
    public async Task Consumes_exactly_its_limit_and_writes_a_model_and_a_summary()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var code = await test.InvokeAsync("run", "--limit", "4000", "--summary", "out.json", "--set", "http.urls=off", "--set", "run.drainTimeout=5m");
        Assert.True(code == ExitCodes.Ok, test.Error.ToString());

        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["out.json"], TestContext.Current.CancellationToken));
        var root = summary.RootElement;
        Assert.Equal("completed", root.GetProperty("outcome").GetString());
        Assert.Equal(4_000, root.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64());
        Assert.Equal(4_000, root.GetProperty("ranking").GetProperty("positions").EnumerateArray().Sum(p => p.GetProperty("nextOffset").GetInt64()));
        Assert.True(root.GetProperty("training").GetProperty("steps").GetInt64() > 0, "no step was taken");
        Assert.Equal(0, root.GetProperty("ranking").GetProperty("stream").GetProperty("deadLettered").GetInt64());
        Assert.True(File.Exists(Path.Combine(root.GetProperty("model").GetString()!, "model.safetensors")));
        Assert.Contains("completed: 4,000 examples", test.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Learns_a_new_data_set_from_one_settings_file()
    {
        // As in the README: a hot machine fails; machines under maintenance are ignored.
        static string Row(int i) => $"m{i % 7},{1_000 + i},{(i % 50 == 0 ? 9 : i % 5)},{i % 3},{i % 4},{(i % 50 == 0 ? "failure" : i % 50 == 1 ? "maintenance" : "normal")}\n";
        using var folder = new TemporaryFolder()
            .With("sensors.csv", "machine,when,temperature,pressure,vibration,state\n" + string.Concat(Enumerable.Range(0, 1_000).Select(Row)))
            .With("sensors.json", """
                {
                  "task": { "name": "tabular", "tabular": { "features": 3, "positive": "positive" } },
                  "data": {
                    "path": "sensors.csv",
                    "columns": { "label": "state", "time": "when", "ignored": ["machine"] },
                    "labels": { "positive": ["failure"], "ignored": ["maintenance"] },
                    "unique": true,
                    "split": { "by": "time", "share": 0.3 }
                  }
                }
                """);
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var code = await test.InvokeAsync("run", "--config", "sensors.json", "--limit", "3000", "--summary", "out.json", "--set", "http.urls=off", "--set", "models.folder=", "--set", "run.drainTimeout=5m");
        Assert.True(code == ExitCodes.Ok, test.Error.ToString());
        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["out.json"], TestContext.Current.CancellationToken));
        Assert.Equal(3_000, summary.RootElement.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64());
        Assert.Equal(0, summary.RootElement.GetProperty("ranking").GetProperty("stream").GetProperty("deadLettered").GetInt64());
        Assert.InRange(summary.RootElement.GetProperty("evaluation").GetProperty("test").GetProperty("averagePrecision").GetDouble(), 0, 1);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_stopped_run_drains_and_saves_the_model()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var running = test.InvokeAsync("run", "--summary", "out.json", "--rate", "500", "--set", "http.urls=off", "--set", "run.drainTimeout=5m");
        test.Signals.Raise();
        Assert.Equal(ExitCodes.Ok, await running);
        Assert.Contains("\"outcome\": \"stopped\"", await File.ReadAllTextAsync(folder["out.json"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder["models"], "model.safetensors", SearchOption.AllDirectories));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_second_signal_interrupts_the_run()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        test.Signals.Raise();
        test.SignalClock.Advance(TimeSpan.FromSeconds(1));
        test.Signals.Raise();
        Assert.Equal(ExitCodes.Interrupted, await test.InvokeAsync("run", "--set", "http.urls=off"));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_configured_address_that_is_in_use_ends_the_command()
    {
        using var folder = new TemporaryFolder();
        using var occupied = new TcpListener(IPAddress.Loopback, 0);
        occupied.Start();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var code = await test.InvokeAsync("run", "--limit", "10", "--set", $"http.urls=http://{occupied.LocalEndpoint}", "--set", "models.folder=");
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains($"'http.urls' must be free addresses, port 0 (any free port), or off, but is 'http://{occupied.LocalEndpoint}'", test.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_device_that_does_not_exist_ends_the_command_before_anything_starts()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync("run", "--limit", "10", "--set", "pipeline.device=cuda:99", "--set", "http.urls=off", "--set", "models.folder="));
        Assert.Contains("'pipeline.device'", test.Error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("stream ", test.Out.ToString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 600_000)]
    [InlineData("127.0.0.1:1", "no broker runs at 127.0.0.1:1: the connection is refused")]
    [InlineData("no-such-host.invalid:9092", "the host name of the broker is unknown: no-such-host.invalid:9092")]
    public async Task The_duration_includes_the_wait_for_a_broker_and_the_reason_is_reported(string bootstrap, string reason)
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var code = await test.InvokeAsync("run", "--for", "3s", "--set", $"kafka.bootstrapServers={bootstrap}", "--set", "http.urls=off", "--set", "models.folder=");
        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("'run.for' (3s) passed before the learner started, because " + reason, test.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_run_in_which_every_record_is_rejected_ends_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        using var cluster = await ClusterAsync(Enumerable.Range(0, 1_200).Select(i => ($"id-{i}", "not json")));
        var code = await test.InvokeAsync("run", "--summary", "out.json", "--set", $"kafka.bootstrapServers={cluster.BootstrapServers}", "--set", "http.urls=off", "--set", "models.folder=");
        Assert.Equal(ExitCodes.Failure, code);
        Assert.Matches(@"hnm: the run failed: (\d+) of \1 records rejected: [a-z-]+, for example id-0 \(.+\)\.", test.Error.ToString());
        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["out.json"], TestContext.Current.CancellationToken));
        Assert.Equal("failed", summary.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("id-0", Assert.Single(summary.RootElement.GetProperty("rejections").EnumerateArray()).GetProperty("example").GetString());
        Assert.Contains("rejected", test.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task The_limit_counts_rejected_records()
    {
        using var folder = new TemporaryFolder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        using var cluster = await ClusterAsync(Enumerable.Range(0, 200).Select(i => ($"id-{i}", i % 10 == 3
            ? "not json"
            : $$$"""{"id": "id-{{{i}}}", "target": {"label": "{{{(i % 5 == 0 ? "positive" : "negative")}}}"}, "input": {"features": {"a": {{{i}}} } } }""")));
        var code = await test.InvokeAsync("run", "--limit", "200", "--summary", "out.json", "--set", $"kafka.bootstrapServers={cluster.BootstrapServers}", "--set", "task.name=tabular", "--set", "http.urls=off", "--set", "models.folder=", "--set", "run.drainTimeout=5m");
        Assert.True(code == ExitCodes.Ok, test.Error.ToString());
        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["out.json"], TestContext.Current.CancellationToken));
        var stream = summary.RootElement.GetProperty("ranking").GetProperty("stream");
        Assert.Equal((180, 20), (stream.GetProperty("consumed").GetInt64(), stream.GetProperty("deadLettered").GetInt64()));
    }

    private static async Task<EmbeddedCluster> ClusterAsync(IEnumerable<(string Key, string Value)> records)
    {
        var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = ["hnm.examples", "hnm.examples.dead-letters"], Partitions = 1 });
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = cluster.BootstrapServers, LingerMs = 5 }).SetLogHandler((_, _) => { }).Build();
        await Task.WhenAll(records.Select(record => producer.ProduceAsync("hnm.examples", new Message<string, string> { Key = record.Key, Value = record.Value })));
        return cluster;
    }
}
