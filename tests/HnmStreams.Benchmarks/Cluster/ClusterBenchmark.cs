using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>The settings of the benchmark.</summary>
/// <param name="Bootstrap">The broker.</param>
/// <param name="Topic">A topic with at least <paramref name="Examples"/> examples of the task.</param>
/// <param name="Task">The settings of task and topic (<c>--config</c>).</param>
/// <param name="Nodes">The numbers of nodes.</param>
/// <param name="Examples">The examples in the topic.</param>
/// <param name="MicrosecondsPerRow">The time per row of the simulated accelerator; 0 for the real network only.</param>
internal sealed record ClusterBenchSettings(string Bootstrap, string Topic, string? Task, IReadOnlyList<int> Nodes, long Examples, double MicrosecondsPerRow, string Hnm, string Work);

/// <summary>
/// The throughput and the processor time of a learner with score nodes in separate processes, by the number of nodes. Counted from a tenth to nine
/// tenths of the examples, so that neither start nor end is part of it.
/// </summary>
internal sealed class ClusterBenchmark(ClusterBenchSettings settings, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public async Task<ClusterReport> RunAsync(CancellationToken cancellation)
    {
        var runs = new List<ClusterRun>();
        foreach (var nodes in settings.Nodes)
        {
            var run = await RunAsync(nodes, cancellation);
            runs.Add(run);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{nodes} nodes: {run.ExamplesPerSecond:N0} examples/s, {run.ProcessorMicroseconds:0.0} µs of processor time per example ({run.LearnerMicroseconds:0.0} in the learner), {run.BytesToLearnerShare:P1} of the bytes to the learner, {run.MissedByBound} missed by the bound"));
        }

        var (one, four) = (runs.Find(run => run.Nodes == 1), runs.Find(run => run.Nodes == 4));
        return new ClusterReport(runs, one is null || four is null ? null : four.ExamplesPerSecond / one.ExamplesPerSecond, runs[^1].BytesToLearnerShare);
    }

    private async Task<ClusterRun> RunAsync(int count, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(Path.Combine(settings.Work, string.Create(CultureInfo.InvariantCulture, $"nodes-{count}"))).FullName;
        var (port, pages) = (FreePort(), new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}")));
        using var learner = new BenchProcess(settings.Hnm, ["run", .. Arguments(folder, "learner", "learn", port, port), "--set", $"http.urls={pages.ToString().TrimEnd('/')}", "--checkpoints", Path.Combine(folder, "state")], Path.Combine(folder, "learner.log"));
        var nodes = new List<BenchProcess>();
        using var http = new HttpClient { BaseAddress = pages, Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            await WaitAsync(http, _ => true, cancellation);
            for (var i = 0; i < count; i++)
                nodes.Add(StartNode(folder, i, port));
            var first = await WaitAsync(http, status => status.Consumed >= settings.Examples / 10, cancellation);
            var (start, processorTime, learnerTime) = (time.GetTimestamp(), Sum(nodes, learner), learner.ProcessorTime);
            var last = await WaitAsync(http, status => status.Consumed >= settings.Examples * 9 / 10, cancellation);
            var elapsed = time.GetElapsedTime(start);
            double examples = last.Consumed - first.Consumed;
            return new ClusterRun(
                count,
                examples / elapsed.TotalSeconds,
                (Sum(nodes, learner) - processorTime).TotalMicroseconds / examples,
                (learner.ProcessorTime - learnerTime).TotalMicroseconds / examples,
                (last.BytesSent - first.BytesSent) / Math.Max(1.0, last.BytesRead - first.BytesRead),
                last.Missed);
        }
        finally
        {
            nodes.ForEach(node => node.Dispose());
        }
    }

    private BenchProcess StartNode(string folder, int number, int seed)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"node-{number}");
        string[] arguments = [.. Arguments(folder, name, "score", FreePort(), seed), "--set", "http.urls=off"];
        var log = Path.Combine(folder, $"{name}.log");
        return settings.MicrosecondsPerRow > 0
            ? new BenchProcess(Environment.ProcessPath!, ["cluster-node", "--microseconds", settings.MicrosecondsPerRow.ToString(CultureInfo.InvariantCulture), .. arguments.Where(argument => argument != "score" && argument != "--role")], log)
            : new BenchProcess(settings.Hnm, ["run", .. arguments], log);
    }

    private List<string> Arguments(string folder, string name, string role, int port, int seed)
    {
        var file = Path.Combine(folder, $"{name}.json");
        File.WriteAllText(file, new JsonObject
        {
            ["taskFile"] = settings.Task,
            ["kafka"] = new JsonObject { ["bootstrapServers"] = settings.Bootstrap, ["topic"] = settings.Topic, ["groupId"] = $"bench-{Path.GetFileName(folder)}-{Path.GetFileName(settings.Work)}" },
            ["models"] = new JsonObject { ["folder"] = null },
            ["run"] = new JsonObject { ["display"] = "plain" },
            ["pipeline"] = new JsonObject { ["device"] = "cpu", ["checkpointing"] = new JsonObject { ["every"] = "1h" } },
            ["cluster"] = new JsonObject
            {
                ["enabled"] = true,
                ["role"] = role,
                ["nodeName"] = name,
                ["port"] = port,
                ["weightsPort"] = 0,
                ["seedNodes"] = new JsonArray(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{seed}")),
            },
        }.ToJsonString());
        return ["--config", file, "--role", role];
    }

    private async Task<Progress> WaitAsync(HttpClient http, Func<Progress, bool> reached, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                var status = await http.GetFromJsonAsync<JsonElement>("/api/status", cancellation);
                if (status.GetProperty("learner") is { ValueKind: JsonValueKind.Object } learner && Progress.Of(learner) is var progress && reached(progress))
                    return progress;
            }
            catch (HttpRequestException)
            {
                // The process has not started yet.
            }

            if (time.GetElapsedTime(start) > Timeout)
                throw new TimeoutException($"The cluster did not reach its next state within {Timeout}; see the logs in {settings.Work}.");
            await Task.Delay(PollInterval, time, cancellation);
        }
    }

    private static TimeSpan Sum(List<BenchProcess> nodes, BenchProcess learner) => nodes.Aggregate(learner.ProcessorTime, static (sum, node) => sum + node.ProcessorTime);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private readonly record struct Progress(long Consumed, long BytesRead, long BytesSent, long Missed)
    {
        public static Progress Of(JsonElement learner)
        {
            var (ranking, nodes) = (learner.GetProperty("ranking"), learner.GetProperty("cluster").GetProperty("nodes"));
            return new Progress(
                ranking.GetProperty("stream").GetProperty("consumed").GetInt64(),
                nodes.EnumerateArray().Sum(node => node.GetProperty("bytesRead").GetInt64()),
                nodes.EnumerateArray().Sum(node => node.GetProperty("bytesSent").GetInt64()),
                ranking.GetProperty("missedByBound").GetInt64());
        }
    }
}
