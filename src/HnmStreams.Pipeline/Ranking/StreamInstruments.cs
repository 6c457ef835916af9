using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The instruments of <see cref="StreamCounters.All"/>.</summary>
internal static class StreamInstruments
{
    private static readonly CounterInstruments<StreamCounters> Instruments = new(StreamCounters.All.Select(static c => (c.Metric, c.Read)));

    /// <inheritdoc cref="CounterInstruments{TState}.Count"/>
    public static void Count(StreamCounters before, StreamCounters after) => Instruments.Count(before, after);

    /// <summary>Exports the counters of all parts that the status has as 0, so that their first event is a rise.</summary>
    public static void AppearAtZero(RankingStatus status)
    {
        Count(StreamCounters.Zero, StreamCounters.Zero);
        if (status.Labels is { } labels)
            LabelInstruments.Count(labels, labels);
        if (status.Requests is { } requests)
            LabelRequestInstruments.Count(requests, requests);
    }
}
