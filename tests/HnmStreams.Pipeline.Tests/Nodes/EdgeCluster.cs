using System.Net;
using Akka.Actor;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Nodes;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Tests.Nodes;

/// <summary>A learner and its score nodes, each with its own actor system and real connections on loopback.</summary>
internal static class EdgeCluster
{
    private const string Remoting = """
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          actor.provider = remote
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0, maximum-frame-size = 400000b }
        }
        """;

    public static ActorSystem CreateSystem() => ActorSystem.Create("hnm", Akka.Configuration.ConfigurationFactory.ParseString(Remoting).WithFallback(EdgeSerializer.Configuration));

    public static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;
}

/// <summary>A learner without a consumer.</summary>
internal sealed class EdgeLearner : IAsyncDisposable
{
    private readonly CheckpointStore _store;

    private readonly LogLines _logs;

    private EdgeLearner(ActorSystem system, CheckpointStore store, LearnerEdge edge, MiningPipeline pipeline, LogLines logs) =>
        (System, _store, Edge, Pipeline, _logs) = (system, store, edge, pipeline, logs);

    public ActorSystem System { get; }

    public LearnerEdge Edge { get; }

    public MiningPipeline Pipeline { get; }

    /// <param name="whenOpen">Completes while batches are admitted; null admits them always.</param>
    /// <param name="time">The clock of the learner; null for that of the system.</param>
    public static async Task<EdgeLearner> StartAsync(
        string folder, IMiningTask task, PipelineOptions options, LogLines? logs = null, Func<Task>? whenOpen = null, TimeProvider? time = null, LabelsOptions? labels = null)
    {
        time ??= TimeProvider.System;
        var system = EdgeCluster.CreateSystem();
        var store = await CheckpointStore.OpenAsync(folder, options.Checkpointing, _ => { }, time, NullLogger.Instance, TestContext.Current.CancellationToken);
        using var resume = store.Load();
        logs ??= new LogLines();
        var edge = new LearnerEdge(system, store.Epoch, "http://learner.test/", time, logs) { WhenOpen = whenOpen ?? (static () => Task.CompletedTask) };
        var positions = new MemoryPositions();
        var deadLetters = new MemoryDeadLetters();
        var pipeline = await MiningPipeline.StartAsync(
            system,
            options,
            task,
            new PipelineInputs(Records: null, deadLetters, deadLetters, new ExampleDecoder(new WireLimits()), Durable: new DurableState(store, positions, resume), Labels: labels) { Edge = edge },
            time,
            NullLoggerFactory.Instance);
        return new EdgeLearner(system, store, edge, pipeline, logs);
    }

    /// <summary>Waits until the status meets a condition. Fails after two minutes, or if the learner fails.</summary>
    public async Task UntilAsync(Func<PipelineStatus, bool> reached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!reached(Pipeline.Status))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2), $"not reached: {Pipeline.Status.Ranking.Stream} {Pipeline.Status.Cluster} {string.Join('\n', _logs.All)}");
            if (Pipeline.Completion.IsFaulted)
                await Pipeline.Completion;
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Edge.DisposeAsync();
        Pipeline.Kill();
        await Pipeline.DisposeAsync();
        await _store.DisposeAsync();
        await System.Terminate();
    }
}

/// <summary>A score node that reads a topic in memory.</summary>
internal sealed class EdgeNode : IAsyncDisposable
{
    private readonly ActorSystem _system = EdgeCluster.CreateSystem();
    private readonly CancellationTokenSource _stop = new();
    private readonly MemoryTopic _topic;
    private readonly HttpClient _client;
    private readonly ScoreNode _node;
    private bool _hasCrashed;

    /// <param name="learner">Returns the present learner, or null if none runs.</param>
    /// <param name="time">The clock of the node; null for that of the system.</param>
    public EdgeNode(string name, MemoryTopic topic, IMiningTask task, PipelineOptions options, Func<EdgeLearner?> learner, LogLines? logs = null, TimeProvider? time = null, LabelMode labels = LabelMode.Inline, MemoryPredictions? predictions = null)
    {
        _topic = topic;
        Predictions = predictions ?? new MemoryPredictions();
        Stream = topic.Join();
        _client = new HttpClient(new WeightsHandler(learner));
        _node = new ScoreNode(
            _system,
            options,
            task,
            new ScoreNodeInputs(name, Stream, new ExampleDecoder(new WireLimits(), labels: labels), DeadLetters, () => learner() is { } present ? [EdgeCluster.AddressOf(present.System)] : [], _client)
            {
                LabelsComeLater = labels != LabelMode.Inline,
                Predictions = Predictions,
            },
            time ?? TimeProvider.System,
            (ILogger?)logs ?? NullLogger.Instance);
        Run = _node.RunAsync(_stop.Token);
    }

    public MemoryTopic.Member Stream { get; }

    public MemoryDeadLetters DeadLetters { get; } = new();

    public MemoryPredictions Predictions { get; }

    public ScoreNodeStatus Status => _node.Status;

    /// <summary>Completes when the node has ended.</summary>
    public Task Run { get; }

    /// <summary>Ends the node as a crash does: its connections break, and it says nothing more. What it has in native code stays there until <see cref="DisposeAsync"/>.</summary>
    public async Task CrashAsync()
    {
        _hasCrashed = true;
        _topic.Remove(Stream);
        await ((Akka.Remote.RemoteActorRefProvider)((ExtendedActorSystem)_system).Provider).Transport.Shutdown();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_hasCrashed)
            _topic.Remove(Stream);
        await _stop.CancelAsync();
        await Run;
        await _node.DisposeAsync();
        await _system.Terminate();
        _client.Dispose();
        _stop.Dispose();
    }

    private sealed class WeightsHandler(Func<EdgeLearner?> learner) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (learner() is not { } present)
                throw new HttpRequestException("No learner runs.");
            if (request.RequestUri!.AbsolutePath.EndsWith("/promoted", StringComparison.Ordinal))
                return Promoted(present.Edge);
            long? batch = request.RequestUri.Query is { Length: > 0 } query ? long.Parse(query["?batch=".Length..], System.Globalization.CultureInfo.InvariantCulture) : null;
            var (version, weights) = await ReadAsync(present, batch).WaitAsync(cancellationToken);
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ReadOnlyMemoryContent(weights) };
            response.Headers.Add(LearnerEdge.WeightsVersionHeader, version.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return response;
        }

        // The server answers so too if the learner ends meanwhile.
        private static async Task<(long Version, ReadOnlyMemory<byte> Safetensors)> ReadAsync(EdgeLearner learner, long? batch)
        {
            try
            {
                return await learner.Edge.WeightsAsync(batch);
            }
            catch (ObjectDisposedException e)
            {
                throw new HttpRequestException("The learner has ended.", e);
            }
        }

        private static HttpResponseMessage Promoted(LearnerEdge edge)
        {
            if (edge.PromotedWeights() is not { } promoted)
                return new HttpResponseMessage(HttpStatusCode.NoContent);
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ReadOnlyMemoryContent(promoted.Safetensors) };
            response.Headers.Add(LearnerEdge.WeightsVersionHeader, promoted.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
            response.Headers.Add(LearnerEdge.ModelCardHeader, promoted.Card);
            return response;
        }
    }
}
