using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The instruments of <see cref="StreamCounters.All"/>.</summary>
internal static class StreamInstruments
{
    private static readonly CounterInstruments<StreamCounters> Instruments = new(StreamCounters.All.Select(static c => (c.Metric, c.Read)));

    /// <inheritdoc cref="CounterInstruments{TState}.Count"/>
    public static void Count(StreamCounters before, StreamCounters after) => Instruments.Count(before, after);
}
