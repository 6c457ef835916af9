using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking.Labels;

/// <summary>One counter of the waiting store, for everything that shows or exports all of them.</summary>
/// <param name="Label">The name for people.</param>
/// <param name="Read">Reads the counter.</param>
/// <param name="Metric">The metric that counts the same events in this process; null for a present number, which is exported as it is.</param>
public sealed record LabelCounter(string Label, Func<WaitingStatus, long> Read, CounterMetric? Metric = null)
{
    /// <summary>All counters in the order in which they are shown. To add one: an entry here. Status, summary, page and metrics follow.</summary>
    public static IReadOnlyList<LabelCounter> All { get; } =
    [
        new("examples that wait for a label", static s => s.WaitingInputs),
        new("labels that wait for their example", static s => s.WaitingLabels),
        new("joined", static s => s.Joined, new("hnm.labels.joined", "{example}", "Examples that got their first label.")),
        new("labels corrected", static s => s.Corrected, new("hnm.labels.corrected", "{example}", "Joined examples whose label or input was corrected.")),
        new("labels sent again", static s => s.LabelsRepeated, new("hnm.labels.repeated", "{label}", "Labels that were sent again without a change.")),
        new("outdated labels", static s => s.LabelsStale, new("hnm.labels.stale", "{label}", "Labels that were older than the present label of their example.")),
        new("presumed negative", static s => s.Presumed, new("hnm.labels.presumed_negative", "{example}", "Examples without a label in time that were learned as negatives.")),
        new("presumed negative, positive later", static s => s.PresumedTurned, new("hnm.labels.presumed_turned", "{example}", "Presumed negatives that got another label later.")),
        new("dropped without a label", static s => s.Dropped, new("hnm.labels.inputs_dropped", "{example}", "Examples that left without a label.")),
        new("labels without an example", static s => s.LabelsDropped, new("hnm.labels.labels_dropped", "{label}", "Labels that left without their example.")),
        new("left early, the store was full", static s => s.EvictedInputs + s.EvictedLabels + s.EvictedLearned, new("hnm.labels.evicted", "{example}", "Examples and labels that left early because the waiting store was full.")),
    ];
}

/// <summary>The instruments of <see cref="LabelCounter.All"/>.</summary>
internal static class LabelInstruments
{
    private static readonly CounterInstruments<WaitingStatus> Instruments = new(LabelCounter.All.Select(static c => (c.Metric, c.Read)));

    /// <inheritdoc cref="CounterInstruments{TState}.Count"/>
    public static void Count(WaitingStatus before, WaitingStatus after) => Instruments.Count(before, after);
}
