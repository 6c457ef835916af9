using System.Diagnostics.Metrics;
using HdrHistogram;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Benchmarks.Latency;

/// <summary>Collects the latencies that the service measures in its own histogram, from a moment on.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LatencyListener : IDisposable
{
    private const int Digits = 3;
    private static readonly long MaxMicroseconds = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly LongHistogram _latencies = new(MaxMicroseconds, Digits);

    public LatencyListener()
    {
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) =>
        {
            lock (_gate)
                _latencies.RecordValue(Math.Clamp((long)(seconds * 1e6), 1, MaxMicroseconds));
        });
        _listener.EnableMeasurementEvents(PipelineInstruments.PredictionLatency);
    }

    /// <summary>Forgets what was measured so far.</summary>
    public void Reset()
    {
        lock (_gate)
            _latencies.Reset();
    }

    public MeasuredLatency Result()
    {
        lock (_gate)
            return new MeasuredLatency(_latencies.TotalCount, At(50), At(90), At(95), At(99), At(99.9), _latencies.GetMaxValue() / 1e3);
    }

    public void Dispose() => _listener.Dispose();

    private double At(double percentile) => _latencies.GetValueAtPercentile(percentile) / 1e3;
}
