using HdrHistogram;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>The distribution of the time from arrival to prediction (<see cref="LatencyStatus"/>).</summary>
/// <remarks>Thread-safe. O(1) memory; recording is O(examples), reading O(buckets).</remarks>
internal sealed class PredictionLatency(TimeProvider time)
{
    private static readonly TimeSpan WindowLength = TimeSpan.FromMinutes(1);
    private static readonly long MaxMicroseconds = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    private readonly Lock _gate = new();
    private readonly LongHistogram _total = Create();
    private LongHistogram _window = Create();
    private LongHistogram _previousWindow = Create();
    private long _windowStart = time.GetTimestamp();

    /// <summary>The status; null before the first prediction.</summary>
    public LatencyStatus? Status
    {
        get
        {
            lock (_gate)
            {
                if (_total.TotalCount == 0)
                    return null;
                Roll();
                var recent = Create();
                recent.Add(_window);
                recent.Add(_previousWindow);
                return new LatencyStatus(Percentiles(_total), recent.TotalCount == 0 ? null : Percentiles(recent));
            }
        }
    }

    /// <summary>Records the predictions of a batch, which are made now.</summary>
    public void Record(ExampleBatch batch)
    {
        foreach (var read in batch.UnlabeledReadTimes)
        {
            // Records that did not come from a consumer have no time.
            if (read.Timestamp != 0)
                Record(time.GetElapsedTime(read.Timestamp), read.Rows);
        }
    }

    /// <summary>Records a number of examples with the same latency.</summary>
    public void Record(TimeSpan latency, int examples)
    {
        var microseconds = Math.Clamp((long)latency.TotalMicroseconds, 1, MaxMicroseconds);
        lock (_gate)
        {
            Roll();
            _total.RecordValueWithCount(microseconds, examples);
            _window.RecordValueWithCount(microseconds, examples);
        }

        for (var i = 0; i < examples; i++)
            PipelineInstruments.PredictionLatency.Record(latency.TotalSeconds);
    }

    private void Roll()
    {
        var elapsed = time.GetElapsedTime(_windowStart);
        if (elapsed < WindowLength)
            return;
        (_previousWindow, _window) = (_window, _previousWindow);
        _window.Reset();
        if (elapsed >= 2 * WindowLength)
            _previousWindow.Reset();
        _windowStart = time.GetTimestamp();
    }

    private static LatencyPercentiles Percentiles(LongHistogram latencies) =>
        new(latencies.TotalCount, Seconds(latencies.GetValueAtPercentile(50)), Seconds(latencies.GetValueAtPercentile(95)), Seconds(latencies.GetValueAtPercentile(99)), Seconds(latencies.GetMaxValue()));

    private static double Seconds(long microseconds) => microseconds / 1e6;

    // Two significant digits: 1 %.
    private static LongHistogram Create() => new(MaxMicroseconds, 2);
}
