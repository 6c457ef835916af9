using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Learner;

/// <summary>
/// The learner is one unit of failure: when a part of it fails, all of it is torn down, the newest checkpoint is loaded
/// and the consumer placed there again, so often as <c>run.restarts</c> allows.
/// </summary>
internal sealed partial class LearnerRestartLoop(LearnerSessionInputs all, CommandContext context, LearnerView view, RunDescription description, ILogger logger)
{
    private static readonly TimeSpan TearDown = TimeSpan.FromSeconds(30);

    private readonly HnmOptions _options = all.Options;
    private readonly RestartBudget _restarts = new(
        all.Options.Run.Restarts, all.Options.Run.RestartWindow, AcceptsOtherTopic(all.Options), all.Time);

    private LearnerSessionInputs _parts = all;
    private bool _otherTopic;

    /// <summary>Follows one life after the other to the end of the last.</summary>
    /// <returns>The last life, still to be disposed, and how it ended.</returns>
    public async Task<(LearnerSession Session, RunResult Result)> FollowAsync()
    {
        for (var life = 1; ; life++)
        {
            var session = Begin(life);
            var result = await FollowAsync(session);
            _otherTopic = IsOtherTopic(result.Error);
            // An embedded cluster's feed cannot be sent again, and without a checkpoint there is nothing to go on from.
            if (result.Outcome != RunOutcome.Failed || _parts.Place.Store is null || _parts.Feed is not null || !_restarts.TryTake(result.Error))
                return (session, result);
            LogAgain(result.Error, life);
            view.Enter(RunPhase.Starting);
            await session.DisposeAsync().AsTask().WaitAsync(TearDown, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!await IdentifyAsync())
                return (session, result with { Outcome = RunOutcome.Stopped, Error = null });
        }
    }

    /// <summary>Asks again who the topic is: what failed may be that it was deleted and made anew.</summary>
    /// <returns>False where the run was stopped meanwhile: what it came to lies in its checkpoint.</returns>
    private async Task<bool> IdentifyAsync()
    {
        if (_parts.Source.IsEmbedded)
            return true;
        try
        {
            _parts = _parts with { Identity = await TopicWaiter.ReadAsync(_parts.Source.Kafka, view.WaitFor, context.Time, logger, context.Signals.Stop) };
            return true;
        }
        catch (OperationCanceledException) when (context.Signals.Stop.IsCancellationRequested)
        {
            view.Enter(RunPhase.Stopped);
            return false;
        }
    }

    private static bool AcceptsOtherTopic(HnmOptions options) => string.Equals(options.Run.RecreatedTopic, "earliest", StringComparison.Ordinal);

    private static bool IsOtherTopic(Exception? error) => error is not null && (error is StalePositionException || IsOtherTopic(error.InnerException));

    private LearnerSession Begin(int life)
    {
        // An embedded cluster is new each time: what a folder that was kept knows of offsets means nothing to it.
        var fresh = _options.Run.Fresh && life == 1;
        var found = fresh ? null : _parts.Place.Store?.Load();
        using var resume = found is not null && (_parts.Source.IsEmbedded || _otherTopic || IsMadeOfAnother(found)) ? found.WithoutPositions() : found;
        var session = LearnerSession.Start(_parts, resume);
        HangExit.Follow(session.Pipeline, view, context.Error, context.Time);
        if (resume is not null)
            LogResumed(resume.Path, resume.Created, resume.ModelVersion);
        view.Attach(description, new LearnerSources(
            () => session.Pipeline.Status,
            () => session.ConsumerStatus,
            session.Pipeline,
            session.Pipeline.CheckpointAsync,
            session.Gate,
            _parts.Task,
            session.DeadLetters));
        return session;
    }

    /// <summary>Whether the topic has another id than the one that the checkpoint was made of.</summary>
    private bool IsMadeOfAnother(ResumePoint point)
    {
        var other = point.SavedPositions.FirstOrDefault(p =>
            (p.TopicId.Length > 0 && _parts.Identity.TopicId.Length > 0 && !string.Equals(p.TopicId, _parts.Identity.TopicId, StringComparison.Ordinal))
            || (p.ClusterId.Length > 0 && _parts.Identity.ClusterId.Length > 0 && !string.Equals(p.ClusterId, _parts.Identity.ClusterId, StringComparison.Ordinal)));
        if (other is null)
            return false;
        if (!AcceptsOtherTopic(_options))
        {
            throw new StalePositionException(
                $"Checkpoint {point.Path} was made of the topic {other.Topic} with id {other.TopicId} in cluster {other.ClusterId}; what has this name now is {_parts.Identity.TopicId} in {_parts.Identity.ClusterId}: "
                + "its offsets are others. Start with --fresh to learn it anew, with --set run.recreatedTopic=earliest to go on with the model, or bring the old topic back.");
        }

        LogOtherTopic(other.Topic);
        return true;
    }

    /// <summary>Follows one life to its end: drains, checkpoints, judges and saves.</summary>
    private async Task<RunResult> FollowAsync(LearnerSession session)
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
        // The newest published weights are whole whatever the stream was doing, so they are saved even then.
        var evaluation = drained.Outcome == RunOutcome.Interrupted ? null : await EvaluateAsync(session, deadline.Token);
        var model = context.Signals.Abort.IsCancellationRequested ? null : await SaveModelAsync(session);
        return drained with { Evaluation = evaluation, Model = model, DeadLettersLost = lost };
    }

    private async Task<RunOutcome> WaitAsync(LearnerSession session)
    {
        var stopped = Task.Delay(_options.Run.For ?? Timeout.InfiniteTimeSpan, context.Time, context.Signals.Stop);
        var ended = await Task.WhenAny(session.WaitForEndAsync(), stopped);
        if (ended == stopped)
        {
            session.Pipeline.Interrupt();
            return context.Signals.Stop.IsCancellationRequested ? RunOutcome.Stopped : RunOutcome.Completed;
        }

        await ended;
        return RunOutcome.Completed;
    }

    /// <summary>The checkpoint of all that was drained: whoever goes on from it repeats nothing.</summary>
    private async Task<RunResult> SaveStateAsync(LearnerSession session, RunResult drained, CancellationToken deadline)
    {
        if (_parts.Place.Store is null)
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

    [LoggerMessage(EventId = 230, Level = LogLevel.Error, Message = "Life {Life} of the learner failed; it begins again at its newest checkpoint")]
    private partial void LogAgain(Exception? error, int life);

    [LoggerMessage(EventId = 231, Level = LogLevel.Information, Message = "Going on from {Path}, made {Created:u}, model version {Version}")]
    private partial void LogResumed(string path, DateTimeOffset created, long version);

    [LoggerMessage(EventId = 232, Level = LogLevel.Warning, Message = "{Topic} is not the topic that the checkpoint was made of: the model goes on, the offsets begin anew (run.recreatedTopic)")]
    private partial void LogOtherTopic(string topic);
}
