using System.Text.Json;
using HnmStreams.Chaos.Networks;

namespace HnmStreams.Chaos.Cluster;

/// <summary>The processes of a cluster under test: score nodes, and two that learn, of which one is the standby. A process that ends by itself is started again, as an orchestrator does.</summary>
internal sealed class ClusterMembers : IDisposable
{
    public const string KafkaMachine = "kafka";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly List<ServiceProcess> _nodes = [];
    private readonly List<ServiceProcess> _learners = [];
    private readonly int _partitions;
    private readonly int _examples;

    /// <param name="topic">The topic, whose settings all processes extend.</param>
    /// <param name="network">The network between the processes; null runs them on loopback.</param>
    public ClusterMembers(ClusterChaosOptions options, ChaosTopic topic, TestNetwork? network)
    {
        (_partitions, _examples) = (topic.Partitions, options.Examples);
        var factory = new MemberFactory(options, topic, network, LearnerNames);
        _learners.AddRange(LearnerNames.Select(factory.CreateLearner));
        _nodes.AddRange(NodeNames(options.Nodes).Select(factory.CreateNode));
    }

    public static IReadOnlyList<string> LearnerNames { get; } = ["learner-0", "learner-1"];

    public int Starts => All.Sum(member => member.Starts);

    private IEnumerable<ServiceProcess> All => _learners.Concat(_nodes);

    public ServiceProcess Node(int number) => _nodes[number];

    public IReadOnlyList<ServiceProcess> Nodes => _nodes;

    public static IEnumerable<string> NodeNames(int count) => Enumerable.Range(0, count).Select(i => $"node-{i}");

    public void Start()
    {
        foreach (var member in All)
            member.Start();
    }

    /// <summary>Waits until a process learns, and returns it and the other one.</summary>
    /// <param name="other">A process that is not meant; null for none.</param>
    public async Task<(ServiceProcess Learner, ServiceProcess Standby)> LearnerAsync(TimeSpan timeout, CancellationToken cancellation, ServiceProcess? other = null)
    {
        ServiceProcess? learner = null;
        await UntilAsync(
            async () =>
            {
                StartEnded(except: other);
                foreach (var member in _learners.Where(member => member != other))
                {
                    if (await ConsumedAsync(member, cancellation) is not null)
                        learner = member;
                }

                return learner is not null;
            },
            timeout,
            () => "No process has learned",
            cancellation);
        return (learner!, _learners.First(l => l != learner));
    }

    /// <summary>Waits until the learner has taken in further examples of every partition, or all examples of the run.</summary>
    public async Task WaitUntilFlowingAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var before = new Dictionary<int, long>();
        int[] waiting = [];
        await UntilAsync(
            async () =>
            {
                var (learner, _) = await LearnerAsync(timeout, cancellation);
                var now = await PositionsAsync(learner, cancellation);
                // A learner that has taken over goes back to its checkpoint.
                foreach (var (partition, position) in now)
                    before[partition] = Math.Min(before.GetValueOrDefault(partition, position), position);
                waiting = [.. Enumerable.Range(0, _partitions).Where(p => !now.TryGetValue(p, out var position) || position <= before[p])];
                return waiting.Length == 0 || now.Values.Sum() >= _examples;
            },
            timeout,
            () => $"The learner has taken in no examples of the partitions {string.Join(", ", waiting)}",
            cancellation);
    }

    /// <summary>Waits until a score node has a session with the learner.</summary>
    public Task WaitUntilReadyAsync(ServiceProcess node, TimeSpan timeout, CancellationToken cancellation) => UntilAsync(
        () =>
        {
            StartEnded();
            return node.IsReadyAsync(cancellation);
        },
        timeout,
        () => "The node has had no session",
        cancellation);

    /// <summary>Waits until the standby answers, so that it can take over.</summary>
    public Task WaitUntilStandbyAsync(ServiceProcess standby, TimeSpan timeout, CancellationToken cancellation) => UntilAsync(
        () =>
        {
            StartEnded();
            return standby.IsLiveAsync(cancellation);
        },
        timeout,
        () => "The standby has not answered",
        cancellation);

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
    public async Task TerminateOthersAsync(ServiceProcess learner, TimeSpan timeout, CancellationToken cancellation)
    {
        foreach (var member in All.Where(member => member != learner && !member.HasExited))
        {
            // A process that has just started does not handle signals yet.
            if (await member.IsLiveAsync(cancellation))
                await member.TerminateAsync(timeout);
            else
                await member.KillAsync();
        }
    }

    public void Dispose()
    {
        foreach (var member in All)
            member.Dispose();
    }

    private static async Task<IReadOnlyDictionary<int, long>> PositionsAsync(ServiceProcess member, CancellationToken cancellation)
    {
        using var status = await member.StatusAsync(cancellation);
        return Learner(status) is { } learner
            ? learner.GetProperty("ranking").GetProperty("positions").EnumerateArray().ToDictionary(p => p.GetProperty("partition").GetInt32(), p => p.GetProperty("nextOffset").GetInt64())
            : new Dictionary<int, long>();
    }

    private static async Task UntilAsync(Func<Task<bool>> reached, TimeSpan timeout, Func<string> failure, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await reached())
        {
            if (TimeProvider.System.GetElapsedTime(start) > timeout)
                throw new TimeoutException($"{failure()} for {timeout}.");
            await Task.Delay(PollInterval, TimeProvider.System, cancellation);
        }
    }

    private static JsonElement? Learner(JsonDocument? status) =>
        status is not null && status.RootElement.TryGetProperty("learner", out var learner) && learner.ValueKind == JsonValueKind.Object ? learner : null;
}
