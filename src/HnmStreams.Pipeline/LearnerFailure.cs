using Akka.Streams;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline;

/// <summary>The end of a learner by a failure of one of its parts.</summary>
/// <remarks>Thread-safe. The learner is one unit of failure: the first failed part ends the stream.</remarks>
internal sealed partial class LearnerFailure(SharedKillSwitch killSwitch, ILogger logger)
{
    private const string Message = "A part of the learner failed. The learner is one unit of failure and stops.";
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the stream because a part failed.</summary>
    public void Report(Exception error)
    {
        LogFailed(error);
        _failed.TrySetResult(error);
        killSwitch.Abort(new InvalidOperationException(Message, error));
    }

    /// <summary>Waits for a task of the learner's parts, or fails as soon as a part does: a failed part answers no question.</summary>
    public async Task WaitAsync(Task task)
    {
        if (await Task.WhenAny(task, _failed.Task) == _failed.Task)
            throw new InvalidOperationException(Message, await _failed.Task);
        await task;
    }

    [LoggerMessage(EventId = 320, Level = LogLevel.Critical, Message = "A part of the learner failed. The learner stops.")]
    private partial void LogFailed(Exception error);
}
