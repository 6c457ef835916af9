using HnmStreams.Data.Examples;
using HnmStreams.Host.Commands;
using HnmStreams.Host.Feeding;
using HnmStreams.Host.Settings;
using HnmStreams.Host.Summaries;
using HnmStreams.Host.Terminal;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Running;

/// <summary><c>hnm run</c> from valid settings to exit code.</summary>
internal sealed class RunExecution(CommandContext context, HnmOptions options)
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(3);
    private readonly LearnerView _view = new(context.Time);

    public async Task<int> ExecuteAsync()
    {
        TorchLibrary.EnsureLoaded();
        var task = ConfiguredTask.Create(options.Task);
        EnsureModelsFolder();
        var folders = context.DataFolders;
        using var source = StreamSource.Open(options);
        var feed = source.IsEmbedded ? ExampleFeed.Open(options.Feed, options.Synthetic, task, folders, epochsUnlessGiven: null) : null;
        IReadOnlyList<Example>? testSet = options.Evaluation.TestData is { } set
            ? [.. folders.Open(set, options.Evaluation.Reader, "evaluation.testData").Read()]
            : null;

        var kind = ProgressDisplay.Choose(options.Run.Display, context.Terminal);
        var recent = new RecentLog(4, context.Time);
        var host = await RunHost.StartAsync(
            options, _view, kind == DisplayKind.Live ? recent : null, source.IsEmbedded, context.Out.WriteLine, context.Environment, context.Time);
        var session = LearnerSession.Start(options, source, feed, testSet, task, host.Actors, context.Time, host.Logs);
        _view.Attach(
            new RunDescription(task.Name, task.PrimaryMetric, source.Kafka.BootstrapServers!, source.IsEmbedded, source.Kafka.Topic, feed?.Description),
            new LearnerSources(() => session.Pipeline.Status, () => session.ConsumerStatus, session.Pipeline.HardestAsync));
        Announce(source, feed, host.Pages);

        using var over = new CancellationTokenSource();
        var display = new ProgressDisplay(kind, _view, context.Terminal, context.Out, recent, host.Pages, options.Run.ReportEvery, context.Time).RunAsync(over.Token);
        var result = await FollowAsync(session);
        await over.CancelAsync();
        await display;
        await ReportAsync(session, task, result);
        await FarewellAsync(session, host);
        return result.ExitCode;
    }

    /// <summary>Follows the run to its end, drains, judges and saves.</summary>
    private async Task<RunResult> FollowAsync(LearnerSession session)
    {
        var result = await RunResult.OfAsync(() => WaitAsync(session), context.Signals.Abort);
        if (result.Outcome is RunOutcome.Failed or RunOutcome.Interrupted)
        {
            _view.Enter(result.Outcome == RunOutcome.Failed ? RunPhase.Failed : RunPhase.Stopped);
            return result;
        }

        _view.Enter(RunPhase.Draining);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.Signals.Abort);
        using var timer = context.Time.CreateTimer(_ => deadline.Cancel(), null, options.Run.DrainTimeout, Timeout.InfiniteTimeSpan);
        var drained = await RunResult.OfAsync(
            async () =>
            {
                await session.DrainAsync(deadline.Token);
                return result.Outcome;
            },
            deadline.Token);
        _view.Enter(drained.Outcome == RunOutcome.Failed ? RunPhase.Failed : RunPhase.Stopped);
        if (drained.Outcome == RunOutcome.Failed)
            return drained;

        var lost = await session.FlushDeadLettersAsync(deadline.Token);
        // The newest published weights are whole whatever the stream was doing, so they are saved even then.
        var evaluation = drained.Outcome == RunOutcome.Interrupted ? null : await EvaluateAsync(session, deadline.Token);
        var model = context.Signals.Abort.IsCancellationRequested ? null : await SaveAsync(session);
        return drained with { Evaluation = evaluation, Model = model, DeadLettersLost = lost };
    }

    private async Task<RunOutcome> WaitAsync(LearnerSession session)
    {
        var stopped = Task.Delay(options.Run.For ?? Timeout.InfiniteTimeSpan, context.Time, context.Signals.Stop);
        var ended = await Task.WhenAny(session.WaitForEndAsync(), stopped);
        if (ended == stopped)
            return context.Signals.Stop.IsCancellationRequested ? RunOutcome.Stopped : RunOutcome.Completed;
        await ended;
        return RunOutcome.Completed;
    }

    private static async Task<EvaluationReport?> EvaluateAsync(LearnerSession session, CancellationToken deadline)
    {
        try
        {
            return await session.Pipeline.EvaluateAsync(deadline);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or Akka.Actor.AskTimeoutException)
        {
            return null;
        }
    }

    private async Task<string?> SaveAsync(LearnerSession session)
    {
        if (options.Models.Folder is not { Length: > 0 } folder)
            return null;
        var run = Path.Combine(folder, context.Time.GetUtcNow().ToString("yyyyMMdd-HHmmss", System.Globalization.CultureInfo.InvariantCulture));
        return await session.Pipeline.SaveModelAsync(Path.GetFullPath(run, context.WorkingFolder), CancellationToken.None);
    }

    private void Announce(StreamSource source, ExampleFeed? feed, Uri? pages)
    {
        var kafka = source.Kafka;
        context.Out.WriteLine($"stream  {kafka.Topic} at {kafka.BootstrapServers}" + (source.IsEmbedded ? " (embedded cluster)" : ""));
        if (feed is not null)
        {
            context.Out.WriteLine($"feed    {feed.Description}");
            context.Out.WriteLine($"look    kcat -b {kafka.BootstrapServers} -t {kafka.Topic} -C -o -5 -e -f '%k %S bytes\\n'");
        }

        context.Out.WriteLine($"pages   {pages?.ToString() ?? "off"}");
    }

    private async Task ReportAsync(LearnerSession session, IMiningTask task, RunResult result)
    {
        var status = session.Pipeline.Status;
        var summary = RunSummary.Of(
            result.Outcome.ToString().ToLowerInvariant(), task.Name, options.Pipeline.Seed, status, result.Evaluation ?? status.Evaluation, _view.Look().Elapsed, result.Model);
        context.Out.WriteLine(FinalLines.Of(summary));
        if (result.Error is { } error)
            context.Error.WriteLine($"hnm: the run failed: {FailureText.Of(error)}");
        if (result.DeadLettersLost > 0)
            context.Error.WriteLine($"hnm: {result.DeadLettersLost} dead letters were not delivered: is there a topic {options.Kafka.DeadLetterTopicOrDefault}?");
        if (result.Outcome == RunOutcome.Interrupted)
            context.Error.WriteLine($"hnm: stopped before all in flight was finished (run.drainTimeout is {Duration.Format(options.Run.DrainTimeout)})");
        if (options.Run.Summary is { Length: > 0 } path)
            await summary.WriteAsync(Path.GetFullPath(path, context.WorkingFolder), CancellationToken.None);
    }

    /// <summary>The run is over and told; what does not close in time closes with the process.</summary>
    private static async Task FarewellAsync(LearnerSession session, RunHost host)
    {
        foreach (var part in (IAsyncDisposable[])[session, host])
            await part.DisposeAsync().AsTask().WaitAsync(Goodbye, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void EnsureModelsFolder()
    {
        if (options.Models.Folder is not { Length: > 0 } folder)
            return;
        try
        {
            Directory.CreateDirectory(Path.GetFullPath(folder, context.WorkingFolder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"models.folder = '{folder}': {e.Message} Allowed is a folder that can be written, or null to save nothing", e);
        }
    }
}
