using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// The counts of what the stream has brought, since the first batch of this learner. Saved in checkpoints. To add a counter: a parameter
/// here, its line in <see cref="After"/>, an entry in <see cref="All"/>, its value in <see cref="Save"/> and <see cref="Read"/>, and higher
/// versions (README.md of Checkpointing). Status, summary, page and metrics follow.
/// </summary>
/// <param name="Consumed">Decodable examples taken into the state, held-out and unlabeled ones included.</param>
/// <param name="Scored">Examples that a scorer saw before they were trained on, those with a served prediction included.</param>
/// <param name="HeldOut">Examples that are never trained on.</param>
/// <param name="DeadLettered">Records that could not become an example.</param>
/// <param name="FailedBatches">Batches that could not be scored, after the second try.</param>
/// <param name="Tombstones">Tombstones taken in.</param>
/// <param name="Corrections">Records that replaced an earlier record of the same id with another label, payload or weight.</param>
/// <param name="Duplicates">Records that arrived a second time and were dropped.</param>
/// <param name="WeightsClipped">Examples whose weight was reduced to <c>wire.maxWeight</c>.</param>
/// <param name="Predicted">Unlabeled examples that were predicted by the served version.</param>
/// <param name="NotPredicted">Unlabeled examples that could not be predicted, after the second try.</param>
/// <param name="LateLabels">Labels that came in separate records.</param>
public sealed record StreamCounters(
    long Consumed, long Scored, long HeldOut, long DeadLettered, long FailedBatches, long Tombstones, long Duplicates, long WeightsClipped = 0, long Corrections = 0, long Predicted = 0, long NotPredicted = 0, long LateLabels = 0)
{
    private const string Structure = "stream counters";

    /// <summary>The counts before the first batch.</summary>
    public static StreamCounters Zero { get; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>All counters in the order in which they are shown.</summary>
    public static IReadOnlyList<StreamCounter> All { get; } =
    [
        new("examples consumed", static c => c.Consumed),
        new("scored before training", static c => c.Scored),
        new("held out", static c => c.HeldOut),
        new("predicted before their label", static c => c.Predicted, new("hnm.examples.predicted", "{example}", "Unlabeled examples that were predicted by the served version.")),
        new("not predicted", static c => c.NotPredicted, new("hnm.examples.not_predicted", "{example}", "Unlabeled examples that could not be predicted after the second attempt.")),
        new("labels received later", static c => c.LateLabels, new("hnm.labels.received", "{label}", "Labels that came in separate records.")),
        new("corrections", static c => c.Corrections, new("hnm.examples.corrected", "{example}", "Examples that replaced an earlier record of the same id with other content.")),
        new("tombstones", static c => c.Tombstones, new("hnm.records.tombstones", "{record}", "Tombstones that removed an id.")),
        new("dead letters", static c => c.DeadLettered),
        new("weights clipped", static c => c.WeightsClipped, new("hnm.examples.weights_clipped", "{example}", "Examples whose weight was reduced to wire.maxWeight.")),
        new("duplicates dropped", static c => c.Duplicates, new("hnm.records.duplicated", "{record}", "Records delivered again and dropped, because the state already contains them.")),
        new("batches not scored", static c => c.FailedBatches, new("hnm.batches.failed", "{batch}", "Batches that could not be scored after the second attempt.")),
    ];

    /// <summary>Returns the counts after one more batch.</summary>
    internal StreamCounters After(ExampleBatch batch, int scored, int corrections) => new(
        Consumed + batch.Examples + batch.UnlabeledSources.Count,
        Scored + scored,
        HeldOut + batch.HeldOut.Count,
        DeadLettered + batch.DeadLettered,
        FailedBatches + (batch.Failure is null && batch.PredictionFailure is null ? 0 : 1),
        Tombstones + batch.Tombstones.Count,
        Duplicates + batch.Duplicates,
        WeightsClipped + batch.WeightsClipped,
        Corrections + corrections,
        Predicted + (batch.Predictions is null ? 0 : batch.UnlabeledSources.Count),
        NotPredicted + (batch.Predictions is null ? batch.UnlabeledSources.Count : 0),
        LateLabels + batch.LateLabels.Count);

    internal void Save(StateWriter writer)
    {
        writer.Begin(Structure, 2);
        writer.WriteArray<long>([Consumed, Scored, HeldOut, DeadLettered, FailedBatches, Tombstones, Duplicates, WeightsClipped, Corrections, Predicted, NotPredicted, LateLabels]);
    }

    /// <exception cref="InvalidDataException">The state is not that of such counters.</exception>
    internal static StreamCounters Read(StateReader reader)
    {
        reader.Expect(Structure, 2);
        return reader.ReadArray<long>() is [var consumed, var scored, var heldOut, var deadLettered, var failed, var tombstones, var duplicates, var clipped, var corrections, var predicted, var notPredicted, var labels]
            ? new StreamCounters(consumed, scored, heldOut, deadLettered, failed, tombstones, duplicates, clipped, corrections, predicted, notPredicted, labels)
            : throw reader.Invalid("another number of counters");
    }
}

/// <summary>One counter of <see cref="StreamCounters"/>, for everything that shows or exports all of them.</summary>
/// <param name="Label">The name for people.</param>
/// <param name="Read">Reads the counter.</param>
/// <param name="Metric">
/// The metric that counts the same events in this process; null if an instrument with attributes (outcome, reason) counts them. A metric
/// starts at 0 with the process, while the counter is part of the state and goes back with it to the newest checkpoint.
/// </param>
public sealed record StreamCounter(string Label, Func<StreamCounters, long> Read, CounterMetric? Metric = null);
