using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Host.Application;
using HnmStreams.Host.Cluster;
using HnmStreams.Host.Discovery;
using HnmStreams.Host.Feeding;
using HnmStreams.Host.Learner;
using HnmStreams.Host.Nodes;
using HnmStreams.Host.Summaries;
using HnmStreams.Host.Terminal;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch.Native;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Operating;
using HnmStreams.Web.Persistence;
using HnmStreams.Web.Recovery;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Host.Hosting;

/// <summary>One execution of <c>hnm run</c>, from valid settings to the exit code.</summary>
/// <param name="settings">The settings in effect as they may be shown; null for none.</param>
/// <param name="isAddressGiven">True if <c>http.urls</c> is set. A given address is used or the run fails; the default one may be replaced.</param>
internal sealed class RunExecution(CommandContext context, HnmOptions options, bool isAddressGiven = false, IReadOnlyList<ShownSetting>? settings = null)
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(3);
    private readonly LearnerView _view = new(context.Time);
    private readonly RunDeadline _deadline = new(options.Run.For, context.Time);

    public async Task<int> ExecuteAsync()
    {
        TorchLibrary.EnsureLoaded();
        DeviceSetting.Check(options);
        var task = ConfiguredTask.Create(options.Task);
        LabelSettings.Check(options, task);
        EnsureModelsFolder();
        using var pods = PodApi.Open(options.Cluster);
        using var cluster = RunCluster.Open(options);
        var (feed, testSet) = OpenData(cluster.IsEmbedded, task);

        var kind = ProgressDisplay.Choose(options.Run.Display, context.Terminal);
        var recent = new RecentLog(4, context.Time);
        var host = await RunHost.StartAsync(
            options, _view, kind == DisplayKind.Live ? recent : null, cluster.IsEmbedded && !isAddressGiven, context.Out.WriteLine, context.Environment, context.Time, new EffectiveSettings(settings ?? []));
        // Printed before the wait for lease and broker, when the page is most useful.
        context.Out.WriteLine($"http    {host.Address?.ToString() ?? "off"}");
        // A standby that was removed from the cluster could not be the learner.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.Signals.Stop, ClusterMembership.EndOf(host.Actors));
        using var waitEnd = _deadline.Link(stop.Token);
        try
        {
            if (await LearnerDiscovery.ApplyAsync(pods, options.Cluster, _view.WaitFor, context.Time, host.Logs, waitEnd.Token) is { } failure)
            {
                await host.DisposeAsync();
                context.Error.WriteLine($"hnm: the run failed: {failure}");
                return ExitCodes.Failure;
            }
        }
        catch (OperationCanceledException) when (waitEnd.IsCancellationRequested)
        {
            return await StopBeforeStartAsync(host);
        }

        await using var member = options.Cluster.Enabled ? await ClusterMember.StartAsync(options, cluster.Kafka, task, host.Actors, host.Certificates, context, host.Logs) : null;
        StateFolder? opened = null;
        TopicIdentity identity;
        TopicIdentity? labelsIdentity = null;
        try
        {
            opened = await StateFolder.OpenAsync(
                options, cluster.IsEmbedded, context.WorkingFolder, ReportStandby, context.Time, host.Logs.CreateLogger<StateFolder>(), waitEnd.Token);
            _view.Enter(RunPhase.Starting);
            identity = await IdentifyAsync(cluster, cluster.Kafka, host, waitEnd.Token);
            if (cluster.Kafka.ForLabels() is { } labels)
                labelsIdentity = await IdentifyAsync(cluster, labels, host, waitEnd.Token);
        }
        catch (OperationCanceledException) when (waitEnd.IsCancellationRequested)
        {
            if (opened is not null)
                await opened.DisposeAsync();
            return await StopBeforeStartAsync(host);
        }

        await using var state = opened;
        PrintSources(cluster, feed, state);
        if (state.Store is { } store)
            host.Journal.Open(store.Folder, settings ?? [], () => !store.Superseded.IsCompleted);
        var inputs = new LearnerSessionInputs(options, cluster, identity, feed, testSet, task, state, host.Actors, context.Time, host.Logs) { LabelsIdentity = labelsIdentity, Weights = member?.Weights };
        var description = new RunDescription(task.Name, task.PrimaryMetric, cluster.Kafka.BootstrapServers!, cluster.IsEmbedded, cluster.Kafka.Topic, feed?.Description, options.Pipeline.Retention.LabelNoise.MinVisits > 0 || task is { Teacher: not null } or IGroupedTask { PairTeacher: not null }, options.Pipeline.Baselines.Enabled)
        {
            Positive = task.HasPositives ? task.LabelName(1) : null,
            Changes = feed is not null && options.Data.IsSynthetic() && options.Synthetic.ChangeAfter > 0 ? new StreamChanges(options.Synthetic.ChangeAfter, options.Synthetic.ChangeEvery) : null,
        };

        using var ended = new CancellationTokenSource();
        var display = new ProgressDisplay(kind, _view, context.Terminal, context.Out, recent, host.Address, options.Run.ReportEvery, context.Time).RunAsync(ended.Token);
        var warnings = new TaskWarnings(task, context.Time, host.Logs.CreateLogger<TaskWarnings>()).RunAsync(ended.Token);
        var (session, result) = await new LearnerRestartLoop(inputs, context, _view, description, _deadline, host.Journal, host.Logs.CreateLogger<LearnerRestartLoop>()).RunAsync();
        await ended.CancelAsync();
        await display;
        await warnings;
        await ReportAsync(session, task, result, host);
        await DisposeAsync(session, host);
        return result.ExitCode;
    }

    /// <summary>Ends a run that was still waiting. A stop is a success; the end of <c>run.for</c> is a failure, because nothing was learned, and so is the removal from the cluster.</summary>
    private async Task<int> StopBeforeStartAsync(RunHost host)
    {
        var waitsFor = _view.Snapshot().WaitsFor;
        var isRemoved = host.Actors.WhenTerminated.IsCompleted;
        await host.DisposeAsync();
        if (context.Signals.Stop.IsCancellationRequested)
        {
            context.Out.WriteLine("stopped before the learner started");
            return ExitCodes.Ok;
        }

        if (isRemoved)
        {
            context.Error.WriteLine($"hnm: the run failed: {ClusterMembership.RemovedMessage}");
            return ExitCodes.Failure;
        }

        context.Error.WriteLine($"hnm: 'run.for' ({Duration.Format(options.Run.For!.Value)}) passed before the learner started{(waitsFor is null ? "" : $", because {waitsFor}")}.");
        return ExitCodes.Failure;
    }

    /// <summary>Opens the feed of an embedded cluster and the test set. If another process sends the data set, only its test part is opened.</summary>
    private (ExampleFeed? Feed, IReadOnlyList<Example>? TestSet) OpenData(bool isEmbedded, IMiningTask task)
    {
        if (options.Data.IsSynthetic())
            return (isEmbedded ? ExampleFeed.Synthetic(options.Synthetic) : null, null);
        if (!isEmbedded && options.Data.Split.By == SplitKind.None && options.Data.TestPath is null)
            return (null, null);
        var set = context.DataFolders.Open(options.Data, options.Task);
        var feed = isEmbedded ? ExampleFeed.Of(set, options.Data, defaultEpochs: null, task) : null;
        return (feed, set.HasTest ? DataFolders.Checked(options.Data, () => set.Load(SetPart.Test)) : null);
    }

    private async Task<TopicIdentity> IdentifyAsync(RunCluster cluster, KafkaOptions kafka, RunHost host, CancellationToken cancellation) => cluster.IsEmbedded
        ? new TopicIdentity("", "", options.Embedded.Partitions)
        : await TopicWaiter.WaitAsync(kafka, _view.WaitFor, context.Time, host.Logs.CreateLogger<RunExecution>(), cancellation);

    private void ReportStandby(string holder)
    {
        _view.Enter(RunPhase.Standby);
        _view.WaitFor(holder);
        context.Out.WriteLine($"standby  {holder}; this process takes over when the other one ends");
    }

    private void PrintSources(RunCluster cluster, ExampleFeed? feed, StateFolder state)
    {
        var kafka = cluster.Kafka;
        context.Out.WriteLine($"stream  {kafka.Topic} at {kafka.BootstrapServers}" + (cluster.IsEmbedded ? " (embedded cluster)" : ""));
        if (feed is not null)
        {
            context.Out.WriteLine($"feed    {feed.Description}");
            context.Out.WriteLine($"read    kcat -b {kafka.BootstrapServers} -t {kafka.Topic} -C -o -5 -e -f '%k %S bytes\\n'");
        }

        context.Out.WriteLine($"state   {state.Description}");
    }

    private async Task ReportAsync(LearnerSession session, IMiningTask task, RunResult result, RunHost host)
    {
        var status = session.Pipeline.Status;
        var evaluation = result.Evaluation ?? status.Evaluation;
        var snapshot = _view.Snapshot() with { Learner = status with { Evaluation = evaluation } };
        var summary = RunSummary.Of(result.Outcome.ToString().ToLowerInvariant(), task.Name, options.Pipeline.Seed, status, evaluation, snapshot.Elapsed, result.Model, session.DeadLetters.Reasons()) with
        {
            Recoveries = snapshot.Recoveries,
            Recovery = RecoverySummary.Of(snapshot.Recoveries),
            Verdict = RunVerdict.Of(snapshot, host.History),
        };
        host.Journal.End(result.Outcome == RunOutcome.Failed, $"The run is {summary.Outcome}{(result.Error is { } failure ? $": {FailureText.Of(failure)}" : ".")} {summary.Verdict.Sentence}");
        context.Out.WriteLine(FinalLines.Of(summary));
        foreach (var warning in task.Warnings)
            context.Error.WriteLine($"hnm: warning: {warning.Text}");
        if (result.Error is { } error)
            context.Error.WriteLine($"hnm: the run failed: {FailureText.Of(error)}");
        if (result.DeadLettersLost > 0)
            context.Error.WriteLine($"hnm: {result.DeadLettersLost} dead letters were not delivered. Check that the topic {options.Kafka.DeadLetterTopicOrDefault} exists.");
        if (result.Outcome == RunOutcome.Interrupted)
            context.Error.WriteLine($"hnm: interrupted before everything in flight was processed (run.drainTimeout is {Duration.Format(options.Run.DrainTimeout)})");
        if (options.Run.Summary is { Length: > 0 } path)
            summary.Write(Path.GetFullPath(path, context.WorkingFolder));
        if (options.Run.Report is { Length: > 0 } report)
            AtomicFile.Replace(Path.GetFullPath(report, context.WorkingFolder), await host.Reports.WriteAsync(snapshot, CancellationToken.None));
    }

    /// <summary>Disposes session and host. Anything that does not close in time is closed with the process.</summary>
    private static async Task DisposeAsync(LearnerSession session, RunHost host)
    {
        foreach (var part in (IAsyncDisposable[])[session, host])
            await part.DisposeAsync().AsTask().WaitAsync(DisposeTimeout, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            throw new SettingsException($"'models.folder' must be a writable folder, or null, but is '{folder}': {e.Message}", e);
        }
    }
}
