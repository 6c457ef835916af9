using System.Diagnostics.Metrics;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The instruments of <see cref="StreamCounters.All"/>.</summary>
internal static class StreamInstruments
{
    private static readonly (Counter<long> Instrument, Func<StreamCounters, long> Read)[] Exported =
    [
        .. from counter in StreamCounters.All
           let metric = counter.Metric
           where metric is not null
           select (PipelineInstruments.CreateCounter(metric.Name, metric.Unit, metric.Description), counter.Read),
    ];

    /// <summary>Counts the events between two states of the counters; with equal states, it exports all counters as 0.</summary>
    public static void Count(StreamCounters before, StreamCounters after)
    {
        foreach (var (instrument, read) in Exported)
            instrument.Add(read(after) - read(before));
    }
}
