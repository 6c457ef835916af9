using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Host.Cluster;
using HnmStreams.Host.Discovery;
using HnmStreams.Host.Hosting;
using HnmStreams.Host.Learner;
using HnmStreams.Host.Nodes;
using HnmStreams.Host.Terminal;
using HnmStreams.Tasks;
using HnmStreams.Torch.Native;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Nodes;

namespace HnmStreams.Host.Scoring;

/// <summary>One execution of <c>hnm run --role score</c>, from valid settings to the exit code.</summary>
/// <param name="task">The task; null for the configured one.</param>
internal sealed class ScoreExecution(CommandContext context, HnmOptions options, IMiningTask? task = null)
{
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(5);

    private readonly NodeView _view = new(context.Time);
    private readonly RunDeadline _deadline = new(options.Run.For, context.Time);

    public async Task<int> ExecuteAsync()
    {
        TorchLibrary.EnsureLoaded();
        DeviceSetting.Check(options);
        var scored = task ?? ConfiguredTask.Create(options.Task);
        LabelSettings.Check(options, scored);
        using var pods = PodApi.Open(options.Cluster);
        using var cluster = RunCluster.Open(options);
        await using var host = await ScoreHost.StartAsync(options, _view, context.Environment, context.Time);
        using var stop = _deadline.Link(context.Signals.Stop);
        try
        {
            if (await LearnerDiscovery.ApplyAsync(pods, options.Cluster, _view.WaitFor, context.Time, host.Logs, stop.Token) is { } failure)
                return Report(new RunResult(RunOutcome.Failed, new InvalidOperationException(failure)));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Report(new RunResult(RunOutcome.Stopped));
        }

        ClusterMembership.Join(host.Actors, options.Cluster, context.Time, host.Logs);
        context.Out.WriteLine($"http    {host.Address?.ToString() ?? "off"}");
        context.Out.WriteLine($"stream  {cluster.Kafka.Topic} at {cluster.Kafka.BootstrapServers}, in the group {cluster.Kafka.GroupId}");
        context.Out.WriteLine($"cluster {ClusterMembership.AddressOf(host.Actors)}, scores");

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, ClusterMembership.EndOf(host.Actors));
        var display = StatusLines.WriteAsync(options.Run, context.Out, Line, context.Time, ended.Token);
        var result = await new ScoreNodeLoop(options, cluster.Kafka, scored, host.Actors, host.Certificates, context, _view, host.Logs).RunAsync(ended.Token);
        if (host.Actors.WhenTerminated.IsCompleted && !stop.IsCancellationRequested)
            result = new RunResult(RunOutcome.Failed, new InvalidOperationException(ClusterMembership.RemovedMessage));
        else
            await ClusterMembership.LeaveAsync(host.Actors, LeaveTimeout, context.Time);
        await ended.CancelAsync();
        await display;
        return Report(result);
    }

    private int Report(RunResult result)
    {
        context.Out.WriteLine(Line());
        if (result.Error is { } error)
        {
            _view.Fail();
            context.Error.WriteLine($"hnm: the score node failed: {FailureText.Of(error)}");
        }

        if (options.Run.Summary is { Length: > 0 } path)
            NodeResponse.Of(_view).Write(Path.GetFullPath(path, context.WorkingFolder));
        return result.ExitCode;
    }

    private string Line()
    {
        var line = Numbers.Clock(_view.Elapsed);
        if (_view.Status is { } status)
        {
            line += string.Create(CultureInfo.InvariantCulture, $" scored {Numbers.Count(status.Scored)} partitions {status.Partitions.Count} lag {Numbers.Count(status.Lag)}");
            if (status.Version is { } version)
                line += string.Create(CultureInfo.InvariantCulture, $" version {version}");
            if (status.DeadLettered > 0)
                line += $" dead letters {Numbers.Count(status.DeadLettered)}";
        }

        return _view.WaitsFor is { } reason ? $"{line} waits: {reason}" : line;
    }
}
