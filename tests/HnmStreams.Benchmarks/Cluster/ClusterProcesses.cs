using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Testing;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>The processes of one run: a learner and its score nodes, or one process that does all.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly ClusterBenchSettings _settings;
    private readonly TimeProvider _time;
    private readonly string _folder;
    private readonly int _seed = FreePort.Find();
    private readonly List<(BenchProcess Process, HttpClient Api)> _nodes = [];
    private readonly BenchProcess _learner;
    private readonly HttpClient _api;

    private ClusterProcesses(ClusterBenchSettings settings, int count, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _folder = Directory.CreateDirectory(Path.Combine(settings.Work, string.Create(CultureInfo.InvariantCulture, $"nodes-{count}"))).FullName;
        _api = Api();
        _learner = new BenchProcess(
            settings.Hnm, ["run", .. Arguments("learner", count == 0 ? null : "learn", _seed, _api), "--checkpoints", Path.Combine(_folder, "state")], Path.Combine(_folder, "learner.log"));
    }

    /// <summary>The processor time of all processes so far.</summary>
    public TimeSpan ProcessorTime => _nodes.Aggregate(LearnerTime, static (sum, node) => sum + node.Process.ProcessorTime);

    /// <summary>The processor time of the learner so far.</summary>
    public TimeSpan LearnerTime => _learner.ProcessorTime;

    /// <summary>Starts a learner and then its score nodes.</summary>
    /// <param name="nodes">The number of score nodes; 0 for one process without a cluster.</param>
    public static async Task<ClusterProcesses> StartAsync(ClusterBenchSettings settings, int nodes, TimeProvider time, CancellationToken cancellation)
    {
        var processes = new ClusterProcesses(settings, nodes, time);
        try
        {
            await processes.WaitAsync(_ => true, cancellation);
            for (var i = 0; i < nodes; i++)
                processes.StartNode(i);
            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a state of the learner.</summary>
    /// <exception cref="TimeoutException">It was not reached in time.</exception>
    public async Task<LearnerProgress> WaitAsync(Func<LearnerProgress, bool> isReached, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        while (_time.GetElapsedTime(start) < Timeout)
        {
            try
            {
                var status = await _api.GetFromJsonAsync<JsonElement>("/api/status", cancellation);
                if (status.GetProperty("learner") is { ValueKind: JsonValueKind.Object } learner && LearnerProgress.Of(learner) is var progress && isReached(progress))
                    return progress;
            }
            catch (HttpRequestException)
            {
                // The process has not started yet.
            }

            _ = ProcessorTime;
            await Task.Delay(PollInterval, _time, cancellation);
        }

        throw new TimeoutException($"The cluster did not reach its next state within {Timeout}; see the logs in {_folder}.");
    }

    /// <summary>Returns the bytes that all nodes have sent.</summary>
    public async Task<SentBytes> SentAsync(CancellationToken cancellation)
    {
        var sent = default(SentBytes);
        foreach (var (_, api) in _nodes)
        {
            var status = await api.GetFromJsonAsync<JsonElement>("/api/status", cancellation);
            sent = sent.And(status.GetProperty("node").GetProperty("sent").Deserialize<SentBytes>(JsonSerializerOptions.Web));
        }

        return sent;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var (process, api) in _nodes)
        {
            process.Dispose();
            api.Dispose();
        }

        _learner.Dispose();
        _api.Dispose();
        return ValueTask.CompletedTask;
    }

    private void StartNode(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"node-{number}");
        var api = Api();
        var arguments = Arguments(name, "score", FreePort.Find(), api);
        var log = Path.Combine(_folder, $"{name}.log");
        _nodes.Add((_settings.MicrosecondsPerRow > 0 ? SimulatedNode(arguments, log) : new BenchProcess(_settings.Hnm, ["run", .. arguments], log), api));
    }

    private BenchProcess SimulatedNode(IReadOnlyList<string> arguments, string log) => new(
        Environment.ProcessPath!,
        ["cluster-node", "--microseconds", _settings.MicrosecondsPerRow.ToString(CultureInfo.InvariantCulture), .. _settings.Computes ? (string[])["--compute"] : [], .. arguments],
        log);

    /// <param name="role">The role in a cluster; null for a process without one.</param>
    private List<string> Arguments(string name, string? role, int port, HttpClient api)
    {
        var file = Path.Combine(_folder, $"{name}.json");
        File.WriteAllText(file, new JsonObject
        {
            ["taskFile"] = _settings.TaskFile,
            ["http"] = new JsonObject { ["urls"] = api.BaseAddress!.ToString().TrimEnd('/') },
            ["kafka"] = new JsonObject { ["bootstrapServers"] = _settings.Bootstrap, ["topic"] = _settings.Topic, ["groupId"] = $"bench-{Path.GetFileName(_folder)}-{Path.GetFileName(_settings.Work)}" },
            ["models"] = new JsonObject { ["folder"] = null },
            ["run"] = new JsonObject { ["display"] = "plain" },
            ["pipeline"] = new JsonObject { ["device"] = "cpu", ["checkpointing"] = new JsonObject { ["every"] = "1h" } },
            ["cluster"] = new JsonObject
            {
                ["enabled"] = role is not null,
                ["role"] = role ?? "all",
                ["nodeName"] = name,
                ["port"] = port,
                ["weightsPort"] = 0,
                ["seedNodes"] = new JsonArray(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_seed}")),
            },
        }.ToJsonString());
        return ["--config", file, .. _settings.Set.SelectMany(static set => (string[])["--set", set])];
    }

    private static HttpClient Api() => new() { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}")), Timeout = TimeSpan.FromSeconds(10) };
}
