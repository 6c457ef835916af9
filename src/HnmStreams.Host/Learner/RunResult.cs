using HnmStreams.Host.Application;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Publishing;

namespace HnmStreams.Host.Learner;

/// <summary>How a run ended.</summary>
internal enum RunOutcome
{
    /// <summary>Its limit, time or feed came to an end, and all was drained.</summary>
    Completed,

    /// <summary>It was asked to stop, and all was drained.</summary>
    Stopped,

    /// <summary>A second signal or the drain's deadline came before all was drained.</summary>
    Interrupted,

    /// <summary>A part failed.</summary>
    Failed,
}

/// <summary>How a run ended and what it left.</summary>
internal sealed record RunResult(RunOutcome Outcome, Exception? Error = null, EvaluationReport? Evaluation = null, SavedModel? Model = null, long DeadLettersLost = 0)
{
    public int ExitCode => Outcome switch
    {
        RunOutcome.Completed or RunOutcome.Stopped => DeadLettersLost == 0 ? ExitCodes.Ok : ExitCodes.Failure,
        RunOutcome.Interrupted => ExitCodes.Interrupted,
        _ => ExitCodes.Failure,
    };

    /// <summary>Runs a part of a run; an exception becomes a failure, and the cancellation an interruption.</summary>
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
#pragma warning disable CA1031 // Whatever ended the run is reported with its summary.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new RunResult(RunOutcome.Failed, e);
        }
    }
}
