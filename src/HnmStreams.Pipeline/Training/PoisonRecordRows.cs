using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Training;

/// <summary>The poison-record rule for training batches: rows suspected of crashing the process are trained on separately, range by range; rows known to crash it are dropped.</summary>
internal static class PoisonRecordRows
{
    /// <returns>The batch itself if no row is suspected; otherwise its parts, each to be disposed in addition to the batch, and a flag for those that must run alone.</returns>
    public static IReadOnlyList<(TrainingBatch Part, bool Alone)> Split(TrainingBatch batch, BisectionPlan plan)
    {
        if (plan.IsPlain)
            return [(batch, false)];
        var ranges = plan.SuspectedRanges.Where(c => c.Work == NativeWork.Training).ToArray();
        var rows = Enumerable.Range(0, batch.Origins.Count)
            .Where(row => !plan.DeadLetter.Any(c => c.Is(batch.Origins[row].Topic, batch.Origins[row].Partition, batch.Origins[row].First)))
            .GroupBy(row => RangeOf(ranges, batch.Origins[row]))
            .ToArray();
        return rows is [var all] && all.Key < 0 && all.Count() == batch.Origins.Count
            ? [(batch, false)]
            : [.. rows.Select(group => (batch.Of(group), group.Key >= 0))];
    }

    private static int RangeOf(InFlightOffsets[] ranges, OffsetSpan origin) =>
        Array.FindIndex(ranges, range => range.Holds(origin.Topic, origin.Partition, origin.First));
}
