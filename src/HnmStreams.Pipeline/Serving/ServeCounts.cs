using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Serving;

/// <summary>The records of a serving process, by outcome, since its start.</summary>
/// <param name="Predicted">Unlabeled examples that were predicted and passed to the producer.</param>
/// <param name="Labeled">Examples with a label, which are ignored.</param>
/// <param name="Labels">Labels, which are ignored.</param>
/// <param name="Tombstones">Tombstones, which are ignored.</param>
/// <param name="Rejected">Records or rows that became dead letters.</param>
/// <param name="Duplicates">Records that were delivered again and dropped.</param>
public sealed record ServeCounts(long Predicted, long Labeled, long Labels, long Tombstones, long Rejected, long Duplicates)
{
    internal static ServeCounts Zero { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>Returns the counts after a batch, and counts its records in the metric.</summary>
    internal ServeCounts After(ExampleBatch batch)
    {
        return new ServeCounts(
            Predicted + Count("predicted", batch.Predictions is null ? 0 : batch.UnlabeledSources.Count),
            Labeled + Count("labeled", batch.Examples),
            Labels + Count("label", batch.LateLabels.Count),
            Tombstones + Count("tombstone", batch.Tombstones.Count),
            Rejected + Count("rejected", batch.DeadLettered),
            Duplicates + Count("duplicate", batch.Duplicates));

        static int Count(string outcome, int records)
        {
            if (records > 0)
                PipelineInstruments.ServedRecords.Add(records, new KeyValuePair<string, object?>("outcome", outcome));
            return records;
        }
    }
}
