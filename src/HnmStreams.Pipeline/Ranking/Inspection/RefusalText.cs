using HnmStreams.Mining.Retention;

namespace HnmStreams.Pipeline.Ranking.Inspection;

/// <summary>The reasons of the pool as text.</summary>
internal static class RefusalText
{
    public static string Of(RefusalReason reason) => reason switch
    {
        RefusalReason.NotFinite => "the hardness is not finite",
        RefusalReason.TooLarge => "larger than the whole pool (pipeline.pool.bytes)",
        RefusalReason.BelowThreshold => "not harder than the easiest candidate of the full pool",
        RefusalReason.GroupIsFull => "its class has its share of the pool (pipeline.pool.groupShare)",
        RefusalReason.OutsideBand => "outside the hardness band (pipeline.retention.band)",
        RefusalReason.Quarantined => "in quarantine as a suspected label error",
        RefusalReason.ConfirmedLabelError => "confirmed as a label error",
        _ => "accepted",
    };
}
