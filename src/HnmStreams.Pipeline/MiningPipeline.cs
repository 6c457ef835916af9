using Akka.Actor;
using Akka.Streams;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Tasks;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline;

/// <summary>One running learner: its start, its end, and access to its status. <see cref="LearnerBuilder"/> builds it.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class MiningPipeline : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);
    private readonly Parts _parts;

    private MiningPipeline(Parts parts)
    {
        _parts = parts;
        Completion = CompleteAsync();
    }

    /// <summary>Completes when the records have ended and all of them are ranked and trained on. Fails when the learner does.</summary>
    public Task Completion { get; }

    /// <summary>Completes with the duration of a native call that has exceeded <c>pipeline.supervision.hangAfter</c>. The process has to be ended then.</summary>
    public Task<TimeSpan> Hung => _parts.Hangs.Hung;

    /// <summary>The newest status of all parts.</summary>
    public PipelineStatus Status => _parts.Status.Current;

    /// <summary>The questions that the learner answers.</summary>
    public ILearnerQuestions Questions => _parts.Queries;

    /// <summary>Builds the learner and starts to consume.</summary>
    /// <exception cref="InvalidDataException">The initial weights do not fit the task's network, or the test set does not fit the task.</exception>
    /// <exception cref="IncompatibleSettingsException">The state of the checkpoint does not fit the settings.</exception>
    public static async Task<MiningPipeline> StartAsync(
        ActorSystem system, PipelineOptions options, IMiningTask task, PipelineInputs inputs, TimeProvider time, ILoggerFactory logs) =>
        new(await new LearnerBuilder(system, options, task, inputs, time, logs).BuildAsync());

    /// <summary>Evaluates the newest weights now, on the held-out share and on the test set if there is one.</summary>
    public Task<EvaluationReport> EvaluateAsync(CancellationToken cancellation = default) => _parts.Queries.EvaluateAsync(cancellation);

    /// <summary>Saves the promoted model with its card: the best version, or the newest if there is no gate.</summary>
    /// <param name="folder">The folder in which a subfolder named after the version is created.</param>
    public Task<SavedModel> SaveModelAsync(string folder, CancellationToken cancellation = default) => _parts.Queries.SaveModelAsync(folder, cancellation);

    /// <summary>Makes a checkpoint now. Also after the stream has ended, but not after <see cref="DisposeAsync"/>.</summary>
    /// <returns>The status of checkpoints. <see cref="CheckpointStatus.LastFailure"/> has the reason if none was made.</returns>
    /// <exception cref="InvalidOperationException">This learner keeps no state, or another learner has taken over.</exception>
    public async Task<CheckpointStatus> CheckpointAsync(CancellationToken cancellation = default)
    {
        if (_parts.Checkpointer is not { } checkpointer)
            throw new InvalidOperationException("This learner keeps no state: no checkpoint folder is set.");
        await checkpointer.SaveAsync(cancellation);
        return checkpointer.Status;
    }

    /// <summary>
    /// Announces that the stream is interrupted before its end. In exact mode the incomplete batch is then left to the run
    /// that resumes; in live mode this has no effect.
    /// </summary>
    public void Interrupt()
    {
        if (_parts.Versions is not null)
            _parts.Batcher?.DropIncomplete();
    }

    /// <summary>Ends the intake of batches of score nodes. What was admitted is still taken into the state; then <see cref="Completion"/> completes.</summary>
    public void EndIntake() => _parts.KillSwitch.Shutdown();

    /// <summary>Stops at once: batches in flight are dropped, and <see cref="Completion"/> fails.</summary>
    public void Kill() => _parts.KillSwitch.Abort(new OperationCanceledException("The pipeline was stopped before it had drained."));

    public async ValueTask DisposeAsync()
    {
        _parts.KillSwitch.Shutdown();
        if (_parts.Checkpointer is not null)
            await _parts.Checkpointer.DisposeAsync();
        _parts.Port.Tell(new RankingMessage.Stop());
        await _parts.Supervisor.GracefulStop(StopTimeout);
        // The next learner deletes the folder of this one's waiting store, which must be closed.
        await _parts.Port.Closed.WaitAsync(StopTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _parts.Hangs.Dispose();
        _parts.Journal?.Dispose();
        _parts.Registry.Dispose();
        _parts.Publisher.Dispose();
        _parts.Versions?.Dispose();
        _parts.TestSet?.Dispose();
    }

    private async Task CompleteAsync()
    {
        await _parts.Stream;
        var learners = _parts.Actors.Baselines.Append(_parts.Actors.Trainer);
        await _parts.Failure.WaitAsync(Task.WhenAll(learners.Select(learner => learner.Ask<Finished>(Finish.Instance, StopTimeout))));
    }

    /// <summary>The parts of a running learner.</summary>
    /// <param name="Stream">The materialized graph; ends with the stream, or fails with the learner.</param>
    /// <param name="Checkpointer">Null if no state is kept.</param>
    /// <param name="Batcher">Null if score nodes make the batches.</param>
    /// <param name="Versions">Null in live mode.</param>
    /// <param name="Journal">Null if no state is kept.</param>
    /// <param name="TestSet">Null if none exists.</param>
    internal sealed record Parts(
        Task Stream,
        SharedKillSwitch KillSwitch,
        LearnerFailure Failure,
        LearnerStatusBoard Status,
        LearnerAnswers Queries,
        IActorRef Supervisor,
        LearnerSupervisor.LearnerActors Actors,
        RankingPort Port,
        Batcher? Batcher,
        Checkpointer? Checkpointer,
        ModelRegistry Registry,
        SnapshotPublisher Publisher,
        VersionSchedule? Versions,
        CrashJournal? Journal,
        HangDetector Hangs,
        RowBuffer? TestSet);
}
