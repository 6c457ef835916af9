using Akka.Actor;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Host.Cluster;
using HnmStreams.Kafka.Clients;
using HnmStreams.Pipeline.Cluster.Remoting;
using HnmStreams.Tasks;
using HnmStreams.Web.Nodes;

namespace HnmStreams.Host.Nodes;

/// <summary>A process that learns, or waits to learn, as a member of a cluster: its weights for score nodes, and with the role <c>all</c> a score node beside the learner.</summary>
internal sealed class ClusterMember : IAsyncDisposable
{
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly ActorSystem _actors;
    private readonly TimeProvider _time;
    private readonly Task _scoring;

    private ClusterMember(WeightsServer weights, ActorSystem actors, TimeProvider time, Func<CancellationToken, Task> score)
    {
        (Weights, _actors, _time) = (weights, actors, time);
        _scoring = score(_stop.Token);
    }

    public WeightsServer Weights { get; }

    /// <summary>Starts the server of weights, joins the cluster, and begins to score if the role requires it.</summary>
    public static async Task<ClusterMember> StartAsync(HnmOptions options, KafkaOptions kafka, IMiningTask task, ActorSystem actors, NodeCertificates? certificates, CommandContext context, ILoggerFactory logs)
    {
        var weights = await WeightsServer.StartAsync(options.Cluster, certificates, logs);
        ClusterMembership.Join(actors, options.Cluster, context.Time, logs);
        context.Out.WriteLine($"cluster {ClusterMembership.AddressOf(actors)}, {(options.Cluster.Scores ? "learns and scores" : "learns")}, weights at {weights.Url}");
        return new ClusterMember(weights, actors, context.Time, stop => options.Cluster.Scores
            ? new ScoreNodeLoop(options, kafka, task, actors, certificates, context, new NodeView(context.Time), logs).RunAsync(stop)
            : Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _scoring;
        await ClusterMembership.LeaveAsync(_actors, LeaveTimeout, _time);
        await Weights.DisposeAsync();
        _stop.Dispose();
    }
}
