using System.Text.Json;
using HnmStreams.Host.Application;
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
        Assert.Equal(4_000, root.GetProperty("ranking").GetProperty("positions").EnumerateArray().Sum(w => w.GetProperty("nextOffset").GetInt64()));
        Assert.True(root.GetProperty("training").GetProperty("steps").GetInt64() > 0, "it trained");
        Assert.Equal(0, root.GetProperty("ranking").GetProperty("stream").GetProperty("deadLettered").GetInt64());
        Assert.True(File.Exists(Path.Combine(root.GetProperty("model").GetString()!, "model.safetensors")));
        Assert.Contains("completed: 4,000 examples", test.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Learns_a_new_data_set_from_one_settings_file()
    {
        // As in the README: a machine fails where it is hot; what is under maintenance is neither.
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
    public async Task Uses_a_free_port_if_the_address_is_in_use()
    {
        using var folder = new TemporaryFolder();
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var code = await test.InvokeAsync("run", "--limit", "10", "--set", $"http.urls=http://{taken.LocalEndpoint}", "--set", "models.folder=", "--set", "run.drainTimeout=5m");
        Assert.True(code == ExitCodes.Ok, test.Error.ToString());
        Assert.Contains("is not available", test.Out.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"http    http://127\.0\.0\.1:\d+", test.Out.ToString());
        Assert.False(Directory.Exists(folder["models"]));
    }
}
