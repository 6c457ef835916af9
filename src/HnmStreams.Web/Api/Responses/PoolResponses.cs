using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/pool/histogram</c>: the distribution of hardness in the pool.</summary>
/// <param name="Threshold">The hardness that an offer must exceed; null while the pool is not full.</param>
/// <param name="Logarithmic">True if the bins are equally wide in the logarithm of hardness.</param>
/// <param name="Bins">In ascending order. The first bin includes all candidates below it.</param>
internal sealed record HistogramResponse(int Count, double? Threshold, bool Logarithmic, IReadOnlyList<BinResponse> Bins)
{
    public static HistogramResponse Of(HardnessHistogram histogram) => new(
        histogram.Count,
        histogram.Threshold is { } threshold ? Finite.OrNull((float)threshold) : null,
        histogram.IsLogarithmic,
        [.. histogram.Bins.Select(b => new BinResponse(b.From, b.To, b.Count))]);
}

internal sealed record BinResponse(double From, double To, int Count);

/// <summary>The answer of <c>GET /api/batches</c>: the composition of the last training batches, newest first.</summary>
internal sealed record BatchesResponse(IReadOnlyList<BatchResponse> Items)
{
    public static BatchesResponse Of(IReadOnlyList<ComposedBatch> batches) => new([.. batches.Select(BatchResponse.Of)]);
}

/// <summary>The composition of one training batch.</summary>
/// <param name="Rows">Rows in the batch. An example from two sources counts once.</param>
/// <param name="Reasons">Reasons for the difference between requested and actual rows; empty if none exists.</param>
internal sealed record BatchResponse(long Step, int Rows, MixRequest Requested, ActualRowsResponse Actual, IReadOnlyList<string> Reasons)
{
    public static BatchResponse Of(ComposedBatch batch) => new(
        batch.Step,
        batch.Rows,
        batch.Plan.Asked,
        new ActualRowsResponse(
            batch.Plan.NewPositives, batch.Plan.ReservoirPositives, batch.Plan.HardNegatives - batch.CoolingDown, batch.Plan.RandomNegatives + batch.CoolingDown),
        [.. ReasonsFor(batch)]);

    private static IEnumerable<string> ReasonsFor(ComposedBatch batch)
    {
        if (!batch.MiningAllowed)
            yield return "the model is not better than chance yet, so all negatives are random";
        foreach (var shortfall in batch.Plan.Shortfalls)
            yield return shortfall.ToString();
        if (batch.CoolingDown > 0)
            yield return $"{batch.CoolingDown} hard negatives are cooling down or reached their maximum uses, and were replaced by random ones";
    }
}

/// <summary>The rows of a batch by source.</summary>
internal sealed record ActualRowsResponse(int NewPositives, int ReservoirPositives, int HardNegatives, int RandomNegatives);

/// <summary>The answer of <c>GET /api/quarantine</c>: suspected label errors, the longest-quarantined first.</summary>
/// <param name="Enabled">True if label-noise detection is on (pipeline.retention.labelNoise.minVisits is above 0), or a teacher checks candidates (task.teacher).</param>
internal sealed record QuarantineResponse(bool Enabled, IReadOnlyList<SuspectResponse> Items)
{
    private static readonly string[] Header = ["id", "region", "label", "visits", "lastLoss", "sinceVersion", "reason", "topic", "partition", "offset"];

    public string ToCsv() => CsvText.Of(Header, Items.Select(i =>
        (IReadOnlyList<object?>)[i.Id, i.Region, i.Label, i.Visits, i.LastLosses is [.., var last] ? last : null, i.SinceVersion, i.Reason, i.Origin.Topic, i.Origin.Partition, i.Origin.Offset]));
}

/// <summary>A suspected label error.</summary>
/// <param name="Region">Index of the region in its example; 0 is the whole example.</param>
/// <param name="LastLosses">Losses of the last visits, oldest first.</param>
/// <param name="SinceVersion">Model version at which it was quarantined.</param>
internal sealed record SuspectResponse(
    string Id, int Region, string Label, int Visits, IReadOnlyList<double?> LastLosses, long SinceVersion, string Reason, OriginResponse Origin)
{
    public static SuspectResponse Of(Candidate suspect, string label) => new(
        suspect.Id,
        suspect.Region,
        label,
        suspect.Quarantine!.Visits,
        [.. suspect.Quarantine.LastLosses.Select(Finite.OrNull)],
        suspect.Quarantine.SinceVersion,
        suspect.Quarantine.Reason,
        OriginResponse.Of(suspect.Origin));
}

/// <summary>The decision about a suspected label error.</summary>
/// <param name="Decision"><c>released</c> if the label is right, <c>confirmed</c> if it is wrong, <c>undone</c> if an earlier decision was taken back.</param>
internal sealed record LabelDecisionResponse(string Id, int Region, string Decision);
