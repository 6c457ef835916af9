using System.Globalization;

namespace HnmStreams.Benchmarks.Latency;

/// <summary>The arguments of the benchmark.</summary>
/// <param name="Bootstrap">A broker; null is an embedded cluster in this process.</param>
/// <param name="Events">Events per measurement of the maximum throughput; null is the default of the model.</param>
/// <param name="Rounds">Measurements of the maximum throughput, of which the median counts.</param>
/// <param name="Load">The rate of the second part, as a share of the maximum throughput.</param>
/// <param name="Seconds">The length of the second part.</param>
/// <param name="LabelDelay">The number of events between an event and its label; null if no label comes.</param>
internal sealed record LatencySettings(string? Bootstrap, int? Events, int Rounds, double Load, double Seconds, int? LabelDelay, ulong Seed);

/// <summary>The percentiles of the time from arrival to prediction, in milliseconds.</summary>
internal sealed record MeasuredLatency(long Count, double P50, double P90, double P95, double P99, double P999, double Max)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {P50:F1} ms, p90 {P90:F1} ms, p95 {P95:F1} ms, p99 {P99:F1} ms, p99.9 {P999:F1} ms, at most {Max:F1} ms");
}

/// <summary>The result for one model.</summary>
/// <param name="Embedded">True if the broker and the producer are in this process, and share its cores.</param>
/// <param name="MaxEventsPerSecond">The median of the maximum throughput. Labels come in addition.</param>
/// <param name="EventsPerSecond">The rate at which events were predicted in the second part.</param>
/// <param name="Lag">The records that were not read at the end of the second part. A large number means that the rate was not sustained.</param>
/// <param name="Steps">The training steps of the second part.</param>
/// <param name="GarbageCollectionPauseMilliseconds">The sum of the pauses of the garbage collector in the second part.</param>
/// <param name="Checkpoints">The checkpoints of the second part, with its warm-up.</param>
internal sealed record LatencyReport(
    string Model,
    bool Embedded,
    int Threads,
    bool LabelsCome,
    double MaxEventsPerSecond,
    IReadOnlyList<double> Rounds,
    double Load,
    double EventsPerSecond,
    double Seconds,
    MeasuredLatency Milliseconds,
    long Lag,
    long Steps,
    double GarbageCollectionPauseMilliseconds,
    long Checkpoints);
