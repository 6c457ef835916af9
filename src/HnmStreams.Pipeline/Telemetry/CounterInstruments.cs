using System.Diagnostics.Metrics;

namespace HnmStreams.Pipeline.Telemetry;

/// <summary>The instruments of the counters of a state, which counts from the start of the stream; they count what happens in this process.</summary>
/// <typeparam name="TState">The state with the counters.</typeparam>
/// <remarks>Thread-safe.</remarks>
internal sealed class CounterInstruments<TState>(IEnumerable<(CounterMetric? Metric, Func<TState, long> Read)> counters)
{
    private readonly (Counter<long> Instrument, Func<TState, long> Read)[] _exported =
    [
        .. from counter in counters
           let metric = counter.Metric
           where metric is not null
           select (PipelineInstruments.CreateCounter(metric.Name, metric.Unit, metric.Description), counter.Read),
    ];

    /// <summary>Counts the events between two states; with equal states, it exports all counters as 0.</summary>
    public void Count(TState before, TState after)
    {
        foreach (var (instrument, read) in _exported)
            instrument.Add(read(after) - read(before));
    }
}
