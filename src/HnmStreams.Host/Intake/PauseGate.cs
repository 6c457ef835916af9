using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Intake;

/// <summary>The gate of a learner's intake: open, or closed by <c>POST /api/pause</c>.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class PauseGate : IIntakeGate
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _closed;

    public bool IsPaused
    {
        get
        {
            lock (_gate)
                return _closed is not null;
        }
    }

    public void Pause()
    {
        lock (_gate)
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Resume()
    {
        lock (_gate)
        {
            _closed?.SetResult();
            _closed = null;
        }
    }

    /// <summary>Completes while the gate is open.</summary>
    public Task OpenAsync()
    {
        lock (_gate)
            return _closed?.Task ?? Task.CompletedTask;
    }
}
