using System.Runtime.InteropServices;

namespace HnmStreams.Host.Application;

/// <summary>Ctrl-C and SIGTERM. The first one requests an orderly stop, the second an immediate one. Thread-safe.</summary>
internal sealed class StopSignals(TimeProvider time) : IDisposable
{
    // timeout(1) signals the process and then its group. Both count as one signal.
    private static readonly TimeSpan DuplicateWindow = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _gate = new();
    private long? _first;

    /// <summary>Canceled by the first signal: stop after draining what is in flight.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Canceled by the second signal: stop without draining.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>Registers handlers for SIGINT and SIGTERM of this process.</summary>
    public static StopSignals OfProcess(TimeProvider time)
    {
        var signals = new StopSignals(time);
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            signals._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                signals.Raise();
            }));
        }

        return signals;
    }

    /// <summary>Handles one signal.</summary>
    public void Raise()
    {
        CancellationTokenSource source;
        lock (_gate)
        {
            if (_first is { } first && time.GetElapsedTime(first) < DuplicateWindow)
                return;
            source = _first is null ? _stop : _abort;
            _first ??= time.GetTimestamp();
        }

        source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }
}
