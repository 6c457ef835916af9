using System.Runtime.InteropServices;

namespace HnmStreams.Host.Commands;

/// <summary>Ctrl-C and SIGTERM: the first asks to stop in order, the second to stop at once. Thread-safe.</summary>
internal sealed class StopSignals(TimeProvider time) : IDisposable
{
    // timeout(1) signals the process and then its group, which is one wish, not two.
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _gate = new();
    private long? _first;

    /// <summary>Finish what is in flight.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Finish nothing.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>Takes over the process's SIGINT and SIGTERM.</summary>
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

    /// <summary>What a signal does.</summary>
    public void Raise()
    {
        CancellationTokenSource source;
        lock (_gate)
        {
            if (_first is { } first && time.GetElapsedTime(first) < Echo)
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
