using Akka.Actor;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Host.Learner;
using HnmStreams.Kafka.Clients;
using HnmStreams.Pipeline.Cluster.Remoting;
using HnmStreams.Tasks;
using HnmStreams.Web.Nodes;

namespace HnmStreams.Host.Nodes;

/// <summary>
/// A score node over its failures: after one, it joins its group again, at most <c>run.restarts</c> times per <c>run.restartWindow</c>. It has no state
/// to lose.
/// </summary>
internal sealed partial class ScoreNodeLoop(HnmOptions options, KafkaOptions kafka, IMiningTask task, ActorSystem actors, NodeCertificates? certificates, CommandContext context, NodeView view, ILoggerFactory logs)
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(10);

    private readonly RestartBudget _restarts = new(options.Run.Restarts, options.Run.RestartWindow, acceptsRecreatedTopic: true, context.Time);
    private readonly ILogger _logger = logs.CreateLogger<ScoreNodeLoop>();

    /// <summary>Scores until it is stopped.</summary>
    public async Task<RunResult> RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var result = await RunOnceAsync(stop);
            if (result.Outcome != RunOutcome.Failed || !_restarts.TryTake(result.Error))
                return result;
            LogRestart(result.Error);
        }
    }

    private async Task<RunResult> RunOnceAsync(CancellationToken stop)
    {
        ScoreNodeSession? session = null;
        try
        {
            var topic = await TopicWaiter.WaitAsync(kafka, view.WaitFor, context.Time, _logger, stop);
            if (kafka.ForLabels() is { } labels)
                await TopicWaiter.WaitAsync(labels, view.WaitFor, context.Time, _logger, stop);
            session = new ScoreNodeSession(options, kafka, topic, task, actors, certificates, context.Time, logs);
            view.Attach(session.Node);
            HangExit.Watch(session.Node.Hung, view.Fail, context.Error, context.Time);
            await session.Node.RunAsync(stop);
            return new RunResult(RunOutcome.Stopped);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new RunResult(RunOutcome.Stopped);
        }
#pragma warning disable CA1031 // Every failure is reported with the summary.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new RunResult(RunOutcome.Failed, e);
        }
        finally
        {
            if (session is not null)
                await session.DisposeAsync().AsTask().WaitAsync(DisposeTimeout, context.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(EventId = 250, Level = LogLevel.Error, Message = "The score node failed. It joins its group again.")]
    private partial void LogRestart(Exception? error);
}
