using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Host.Learner;
using HnmStreams.Kafka.Clients;
using HnmStreams.Pipeline.Serving;
using HnmStreams.Web.Serving;

namespace HnmStreams.Host.Serving;

/// <summary>
/// The stream of a serving process over its failures: a failed session is replaced by one that starts at the committed offsets, at most
/// <c>run.restarts</c> times per <c>run.restartWindow</c>.
/// </summary>
internal sealed partial class ServeStream(HnmOptions options, KafkaOptions kafka, ServingPipeline pipeline, CommandContext context, ServingView view, ILoggerFactory logs)
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(30);

    private readonly RestartBudget _restarts = new(options.Run.Restarts, options.Run.RestartWindow, acceptsRecreatedTopic: true, context.Time);
    private readonly ILogger _logger = logs.CreateLogger<ServeStream>();

    /// <summary>Serves until it is stopped, and drains.</summary>
    public async Task<RunResult> RunAsync(CancellationToken stop)
    {
        while (true)
        {
            ServeSession session;
            try
            {
                var topic = await TopicWaiter.WaitAsync(kafka, view.WaitFor, context.Time, _logger, stop);
                session = await ServeSession.StartAsync(options, kafka, topic, pipeline, context.Time, logs);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return new RunResult(RunOutcome.Stopped);
            }

            view.Attach(session.View);
            view.Enter(ServingPhase.Serving);
            var result = await RunSessionAsync(session, stop);
            await session.DisposeAsync().AsTask().WaitAsync(DisposeTimeout, context.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (result.Outcome != RunOutcome.Failed || !_restarts.TryTake(result.Error))
                return result;
            LogRestart(result.Error);
        }
    }

    private async Task<RunResult> RunSessionAsync(ServeSession session, CancellationToken stop)
    {
        var ended = await RunResult.OfAsync(
            async () =>
            {
                await session.WaitAsync().WaitAsync(stop);
                return RunOutcome.Completed;
            },
            stop);
        if (ended.Outcome == RunOutcome.Failed)
            return ended;

        view.Enter(ServingPhase.Draining);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.Signals.Abort);
        using var timer = context.Time.CreateTimer(_ => deadline.Cancel(), null, options.Run.DrainTimeout, Timeout.InfiniteTimeSpan);
        return await RunResult.OfAsync(
            async () =>
            {
                await session.DrainAsync(deadline.Token);
                return RunOutcome.Stopped;
            },
            deadline.Token);
    }

    [LoggerMessage(EventId = 241, Level = LogLevel.Error, Message = "The stream failed. It restarts at the committed offsets.")]
    private partial void LogRestart(Exception? error);
}
