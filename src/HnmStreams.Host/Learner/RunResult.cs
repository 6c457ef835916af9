using HnmStreams.Host.Application;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Publishing;

namespace HnmStreams.Host.Learner;

/// <summary>The outcome of a run.</summary>
internal enum RunOutcome
{
    /// <summary>The limit, the time or the feed ended, and everything was drained.</summary>
    Completed,

    /// <summary>A stop was requested, and everything was drained.</summary>
    Stopped,

    /// <summary>A second signal or the drain timeout came before everything was drained.</summary>
    Interrupted,

    /// <summary>A part of the learner failed.</summary>
    Failed,
}

/// <summary>The outcome of a run, with its final evaluation and the saved model.</summary>
internal sealed record RunResult(RunOutcome Outcome, Exception? Error = null, EvaluationReport? Evaluation = null, SavedModel? Model = null, long DeadLettersLost = 0)
{
    public int ExitCode => Outcome switch
    {
        RunOutcome.Completed or RunOutcome.Stopped => DeadLettersLost == 0 ? ExitCodes.Ok : ExitCodes.Failure,
        RunOutcome.Interrupted => ExitCodes.Interrupted,
        _ => ExitCodes.Failure,
    };

    /// <summary>Executes a part of a run. An exception becomes <see cref="RunOutcome.Failed"/>, and the cancellation <see cref="RunOutcome.Interrupted"/>.</summary>
    public static async Task<RunResult> OfAsync(Func<Task<RunOutcome>> part, CancellationToken interruption)
    {
        try
        {
            return new RunResult(await part().WaitAsync(interruption));
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            return new RunResult(RunOutcome.Interrupted);
        }
#pragma warning disable CA1031 // Every failure is reported with the summary of the run.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new RunResult(RunOutcome.Failed, e);
        }
    }
}
