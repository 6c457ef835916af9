using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Host.Cluster;
using HnmStreams.Host.Intake;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Learner;

/// <summary>
/// The restart loop of the learner. The learner is one unit of failure: if a part of it fails, the whole session is torn
/// down, the newest checkpoint is loaded, and the consumer seeks to its positions, at most <c>run.restarts</c> times per <c>run.restartWindow</c>.
/// </summary>
internal sealed partial class LearnerRestartLoop(LearnerSessionInputs initialInputs, CommandContext context, LearnerView view, RunDescription description, RunDeadline runEnd, RunJournal journal, ILogger logger)
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(30);

    private readonly HnmOptions _options = initialInputs.Options;
    private readonly RestartBudget _restarts = new(
        initialInputs.Options.Run.Restarts, initialInputs.Options.Run.RestartWindow, AcceptsRecreatedTopic(initialInputs.Options), initialInputs.Time);

    private LearnerSessionInputs _inputs = initialInputs;
    private bool _topicWasRecreated;

    /// <summary>Runs sessions until one ends without a restart.</summary>
    /// <returns>The last session, which the caller must dispose, and its result.</returns>
    public async Task<(LearnerSession Session, RunResult Result)> RunAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var session = await StartSessionAsync();
            var result = await RunSessionAsync(session);
            _topicWasRecreated = IsRecreatedTopic(result.Error);
            if (result.Outcome == RunOutcome.Failed && _inputs.Actors.WhenTerminated.IsCompleted)
                return (session, result with { Error = new InvalidOperationException(ClusterMembership.RemovedMessage, result.Error) });
            // The feed of an embedded cluster cannot be sent again, and without a store there is no checkpoint to resume from.
            if (result.Outcome != RunOutcome.Failed || _inputs.State.Store is null || _inputs.Feed is not null || !_restarts.TryTake(result.Error))
            {
                if (result.Error is TooManyRejectionsException rejections)
                    LogRejections(rejections.Message);
                return (session, result);
            }

            LogRestart(result.Error, attempt);
            journal.Events.Add(RunEventKind.Failed, $"The learner failed and restarts from its newest checkpoint: {FailureText.Of(result.Error!)}", RunEventActor.Service);
            view.Enter(RunPhase.Starting);
            await session.DisposeAsync().AsTask().WaitAsync(DisposeTimeout, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!await IdentifyAsync())
                return (session, result with { Outcome = RunOutcome.Stopped, Error = null });
        }
    }

    /// <summary>Reads the identity of the topic again, because the failure may be that it was deleted and recreated.</summary>
    /// <returns>False if the run was stopped meanwhile. Its state is in its checkpoint.</returns>
    private async Task<bool> IdentifyAsync()
    {
        if (_inputs.Cluster.IsEmbedded)
            return true;
        using var waitEnd = runEnd.Link(context.Signals.Stop);
        try
        {
            var identity = await TopicWaiter.WaitAsync(_inputs.Cluster.Kafka, view.WaitFor, context.Time, logger, waitEnd.Token);
            var labels = _inputs.Cluster.Kafka.ForLabels() is { } kafka ? await TopicWaiter.WaitAsync(kafka, view.WaitFor, context.Time, logger, waitEnd.Token) : null;
            _inputs = _inputs with { Identity = identity, LabelsIdentity = labels };
            return true;
        }
        catch (OperationCanceledException) when (waitEnd.IsCancellationRequested)
        {
            view.Enter(RunPhase.Stopped);
            return false;
        }
    }

    private static bool AcceptsRecreatedTopic(HnmOptions options) => string.Equals(options.Run.RecreatedTopic, "earliest", StringComparison.Ordinal);

    private static bool IsRecreatedTopic(Exception? error) => error is not null && (error is StalePositionException || IsRecreatedTopic(error.InnerException));

    private async Task<LearnerSession> StartSessionAsync()
    {
        // An embedded cluster is new in each process, so offsets from an earlier one do not apply to it.
        var newest = _inputs.State.Store?.Load(ownOnly: _options.Run.Fresh);
        using var resume = newest is not null && (_inputs.Cluster.IsEmbedded || _topicWasRecreated || HasOtherTopic(newest)) ? newest.WithoutPositions() : newest;
        var session = await LearnerSession.StartAsync(_inputs, resume);
        HangExit.Watch(session.Pipeline.Hung, () => view.Enter(RunPhase.Failed), context.Error, context.Time);
        var stream = $"{_inputs.Identity.ClusterId}/{_inputs.Identity.TopicId}";
        if (resume is null)
        {
            journal.Begin(stream);
        }
        else
        {
            LogResumed(resume.Path, resume.Created, resume.ModelVersion);
            journal.Continue(resume.Id, resume.ModelVersion, stream);
        }

        view.Attach(description, new LearnerSources(
            () => session.Pipeline.Status,
            () => session.ConsumerStatus,
            session.Pipeline.Questions,
            session.Pipeline.CheckpointAsync,
            session.Gate,
            _inputs.Task,
            session.DeadLetters)
        { DecodingWaitsFor = () => session.DecodingWaitsFor, Answer = session.Answers is { } answers ? answers.SendAsync : null });
        return session;
    }

    /// <summary>Returns true if the topic was recreated since the checkpoint, that is if its id differs, and the settings accept that.</summary>
    /// <exception cref="StalePositionException">The topic was recreated, and the settings do not accept that.</exception>
    private bool HasOtherTopic(ResumePoint point)
    {
        var other = point.SavedPositions.FirstOrDefault(p => IsOther(p, IdentityOf(p.Topic)));
        if (other is null)
            return false;
        if (!AcceptsRecreatedTopic(_options))
        {
            throw new StalePositionException(
                $"The checkpoint {point.Path} belongs to the topic {other.Topic} with id {other.TopicId} in cluster {other.ClusterId}, but the topic now has id {IdentityOf(other.Topic).TopicId} in cluster {IdentityOf(other.Topic).ClusterId}, "
                + "so its offsets do not apply. Use --fresh to start over, --set run.recreatedTopic=earliest to keep the model, or restore the old topic.");
        }

        LogRecreatedTopic(other.Topic);
        return true;
    }

    private TopicIdentity IdentityOf(string topic) =>
        _inputs.LabelsIdentity is { } labels && string.Equals(topic, _inputs.Cluster.Kafka.LabelsTopic, StringComparison.Ordinal) ? labels : _inputs.Identity;

    private static bool IsOther(CheckpointPosition saved, TopicIdentity now) =>
        (saved.TopicId.Length > 0 && now.TopicId.Length > 0 && !string.Equals(saved.TopicId, now.TopicId, StringComparison.Ordinal))
        || (saved.ClusterId.Length > 0 && now.ClusterId.Length > 0 && !string.Equals(saved.ClusterId, now.ClusterId, StringComparison.Ordinal));

    /// <summary>Runs one session to its end: waits, drains, checkpoints, evaluates and saves the model.</summary>
    private async Task<RunResult> RunSessionAsync(LearnerSession session)
    {
        var result = await RunResult.OfAsync(() => WaitAsync(session), context.Signals.Abort);
        if (result.Outcome is RunOutcome.Failed or RunOutcome.Interrupted)
        {
            view.Enter(result.Outcome == RunOutcome.Failed ? RunPhase.Failed : RunPhase.Stopped);
            return result;
        }

        view.Enter(RunPhase.Draining);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.Signals.Abort);
        using var timer = context.Time.CreateTimer(_ => deadline.Cancel(), null, _options.Run.DrainTimeout, Timeout.InfiniteTimeSpan);
        var drained = await RunResult.OfAsync(
            async () =>
            {
                await session.DrainAsync(deadline.Token);
                return result.Outcome;
            },
            deadline.Token);
        if (drained.Outcome is RunOutcome.Completed or RunOutcome.Stopped)
            drained = await SaveStateAsync(session, drained, deadline.Token);
        view.Enter(drained.Outcome == RunOutcome.Failed ? RunPhase.Failed : RunPhase.Stopped);
        if (drained.Outcome == RunOutcome.Failed)
            return drained;

        var lost = await session.FlushDeadLettersAsync(deadline.Token);
        // The newest published weights are consistent at any time, so they are saved even after an interruption.
        var evaluation = drained.Outcome == RunOutcome.Interrupted ? null : await EvaluateAsync(session, deadline.Token);
        var model = context.Signals.Abort.IsCancellationRequested ? null : await SaveModelAsync(session);
        return drained with { Evaluation = evaluation, Model = model, DeadLettersLost = lost };
    }

    private async Task<RunOutcome> WaitAsync(LearnerSession session)
    {
        var stopped = Task.Delay(runEnd.Remaining, context.Time, context.Signals.Stop);
        var ended = await Task.WhenAny(session.WaitForEndAsync(), stopped);
        if (ended == stopped)
        {
            session.Pipeline.Interrupt();
            return context.Signals.Stop.IsCancellationRequested ? RunOutcome.Stopped : RunOutcome.Completed;
        }

        await ended;
        return RunOutcome.Completed;
    }

    /// <summary>Writes the checkpoint after draining. A run that resumes from it repeats no record.</summary>
    private async Task<RunResult> SaveStateAsync(LearnerSession session, RunResult drained, CancellationToken deadline)
    {
        if (_inputs.State.Store is null)
            return drained;
        string? failure = null;
        var saved = await RunResult.OfAsync(
            async () =>
            {
                failure = (await session.Pipeline.CheckpointAsync(deadline)).LastFailure;
                return drained.Outcome;
            },
            deadline);
        return failure is null ? saved : saved with { Outcome = RunOutcome.Failed, Error = new IOException(failure) };
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

    private async Task<SavedModel?> SaveModelAsync(LearnerSession session)
    {
        if (_options.Models.Folder is not { Length: > 0 } folder)
            return null;
        var run = Path.Combine(folder, context.Time.GetUtcNow().ToString("yyyyMMdd-HHmmss", System.Globalization.CultureInfo.InvariantCulture));
        return await session.Pipeline.SaveModelAsync(Path.GetFullPath(run, context.WorkingFolder), CancellationToken.None);
    }

    [LoggerMessage(EventId = 230, Level = LogLevel.Error, Message = "Attempt {Attempt} of the learner failed. It restarts from its newest checkpoint.")]
    private partial void LogRestart(Exception? error, int attempt);

    [LoggerMessage(EventId = 233, Level = LogLevel.Error, Message = "The run ends because of run.maxRejectedShare: {Reason}")]
    private partial void LogRejections(string reason);

    [LoggerMessage(EventId = 231, Level = LogLevel.Information, Message = "Resuming from the checkpoint {Path} of {Created:u}, model version {Version}.")]
    private partial void LogResumed(string path, DateTimeOffset created, long version);

    [LoggerMessage(EventId = 232, Level = LogLevel.Warning, Message = "The topic {Topic} was recreated since the checkpoint. The model is kept and the offsets start over (run.recreatedTopic).")]
    private partial void LogRecreatedTopic(string topic);
}
