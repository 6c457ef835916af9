using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking.Requests;

/// <summary>One counter of the label requests, for everything that shows or exports all of them.</summary>
/// <param name="Label">The name for people.</param>
/// <param name="Read">Reads the counter.</param>
/// <param name="Metric">The metric that counts the same events in this process; null for a present number.</param>
public sealed record LabelRequestCounter(string Label, Func<LabelRequestStatus, long> Read, CounterMetric? Metric = null)
{
    /// <summary>All counters in the order in which they are shown. To add one: an entry here. Page and metrics follow.</summary>
    public static IReadOnlyList<LabelRequestCounter> All { get; } =
    [
        new("open requests", static s => s.Open),
        new("labels requested", static s => s.Requested, new("hnm.label_requests.requested", "{request}", "Examples whose label was requested.")),
        new("requests answered", static s => s.Answered, new("hnm.label_requests.answered", "{request}", "Requests whose label has come.")),
        new("answers that differ from the prediction", static s => s.Differing, new("hnm.label_requests.differing", "{request}", "Answers with another label than the predicted one.")),
        new("requests without an answer in time", static s => s.Expired, new("hnm.label_requests.expired", "{request}", "Requests whose example left without a label.")),
    ];
}

/// <summary>The instruments of <see cref="LabelRequestCounter.All"/>.</summary>
internal static class LabelRequestInstruments
{
    private static readonly CounterInstruments<LabelRequestStatus> Instruments = new(LabelRequestCounter.All.Select(static c => (c.Metric, c.Read)));

    /// <inheritdoc cref="CounterInstruments{TState}.Count"/>
    public static void Count(LabelRequestStatus before, LabelRequestStatus after) => Instruments.Count(before, after);
}
