using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using HnmStreams.Testing;

namespace HnmStreams.Chaos.Cluster;

/// <summary>The processes of a cluster under test: score nodes, and two that learn, of which one is the standby. A process that ends by itself is started again, as an orchestrator does.</summary>
internal sealed class ClusterMembers : IDisposable
{
    private const string Group = "chaos-cluster";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly List<ServiceProcess> _nodes = [];
    private readonly List<ServiceProcess> _learners = [];

    /// <param name="topic">The topic, whose settings all processes extend.</param>
    public ClusterMembers(ClusterChaosOptions options, ChaosTopic topic)
    {
        int[] ports = [FreePort.Find(), FreePort.Find()];
        for (var i = 0; i < ports.Length; i++)
            _learners.Add(Create(options, topic, $"learner-{i}", "learn", ports[i], ports));
        for (var i = 0; i < options.Nodes; i++)
            _nodes.Add(Create(options, topic, $"node-{i}", "score", FreePort.Find(), ports));
    }

    public int Starts => All.Sum(member => member.Starts);

    private IEnumerable<ServiceProcess> All => _learners.Concat(_nodes);

    public ServiceProcess Node(int number) => _nodes[number];

    public IReadOnlyList<ServiceProcess> Nodes => _nodes;

    public void Start()
    {
        foreach (var member in All)
            member.Start();
    }

    /// <summary>Waits until a process learns, and returns it and the other one.</summary>
    /// <param name="other">A process that is not meant; null for none.</param>
    public async Task<(ServiceProcess Learner, ServiceProcess Standby)> LearnerAsync(TimeSpan timeout, CancellationToken cancellation, ServiceProcess? other = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < timeout)
        {
            StartEnded(except: other);
            foreach (var member in _learners.Where(member => member != other))
            {
                if (await ConsumedAsync(member, cancellation) is not null)
                    return (member, _learners.First(l => l != member));
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellation);
        }

        throw new TimeoutException($"No process has learned for {timeout}.");
    }

    /// <summary>Returns the number of examples in the state, or null if the process does not learn.</summary>
    public static async Task<long?> ConsumedAsync(ServiceProcess member, CancellationToken cancellation)
    {
        using var status = await member.StatusAsync(cancellation);
        return Learner(status) is { } learner ? learner.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64() : null;
    }

    /// <summary>Returns the number of batches that a learner did not admit.</summary>
    public static async Task<long> RejectedAsync(ServiceProcess member, CancellationToken cancellation)
    {
        using var status = await member.StatusAsync(cancellation);
        return Learner(status) is { } learner ? learner.GetProperty("cluster").GetProperty("rejectedBatches").GetInt64() : 0;
    }

    /// <summary>Starts the processes that have ended by themselves.</summary>
    /// <param name="except">A process that was killed and is started later; null for none.</param>
    public void StartEnded(ServiceProcess? except = null)
    {
        foreach (var member in All.Where(member => member != except && member.HasExited))
            member.Start();
    }

    /// <summary>Stops all processes but one.</summary>
    public async Task TerminateOthersAsync(ServiceProcess learner, TimeSpan timeout)
    {
        foreach (var member in All.Where(member => member != learner && !member.HasExited))
            await member.TerminateAsync(timeout);
    }

    public void Dispose()
    {
        foreach (var member in All)
            member.Dispose();
    }

    private static JsonElement? Learner(JsonDocument? status) =>
        status is not null && status.RootElement.TryGetProperty("learner", out var learner) && learner.ValueKind == JsonValueKind.Object ? learner : null;

    private static ServiceProcess Create(ClusterChaosOptions options, ChaosTopic topic, string name, string role, int port, int[] seeds)
    {
        var pages = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}"));
        var settings = JsonNode.Parse(File.ReadAllText(topic.Settings))!;
        settings["kafka"]!["groupId"] = Group;
        settings["http"]!["urls"] = pages.ToString().TrimEnd('/');
        settings["pipeline"]!["checkpointing"]!["leaseExpiry"] = "3s";
        settings["run"]!["restarts"] = 1_000;
        settings["cluster"] = new JsonObject
        {
            ["enabled"] = true,
            ["role"] = role,
            ["nodeName"] = name,
            ["port"] = port,
            ["weightsPort"] = 0,
            ["seedNodes"] = new JsonArray([.. seeds.Select(seed => JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{seed}")))]),
        };
        var path = Path.Combine(Path.GetDirectoryName(topic.Settings)!, $"{name}.json");
        File.WriteAllText(path, settings.ToJsonString());
        return new ServiceProcess(options.Hnm, path, pages, Path.Combine(options.Work, $"{name}.log"));
    }
}
