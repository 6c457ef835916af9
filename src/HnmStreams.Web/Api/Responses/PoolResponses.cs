using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary><c>GET /api/pool/histogram</c>: how hard the pool's residents are.</summary>
/// <param name="Threshold">Hardness that an offer must exceed; null while there is room.</param>
/// <param name="Logarithmic">Bins are equally wide in the logarithm.</param>
/// <param name="Bins">Ascending; what is easier than the first lies in the first.</param>
internal sealed record HistogramResponse(int Count, double? Threshold, bool Logarithmic, IReadOnlyList<BinResponse> Bins)
{
    public static HistogramResponse Of(HardnessHistogram histogram) => new(
        histogram.Count,
        histogram.Threshold is { } threshold ? Finite.OrNull((float)threshold) : null,
        histogram.IsLogarithmic,
        [.. histogram.Bins.Select(b => new BinResponse(b.From, b.To, b.Count))]);
}

internal sealed record BinResponse(double From, double To, int Count);

/// <summary><c>GET /api/batches</c>: what the last training batches were made of, newest first.</summary>
internal sealed record BatchesResponse(IReadOnlyList<BatchResponse> Items)
{
    public static BatchesResponse Of(IReadOnlyList<ComposedBatch> batches) => new([.. batches.Select(BatchResponse.Of)]);
}

/// <param name="Rows">Of the batch: an example that came from two sources is in it once.</param>
/// <param name="Why">Why what was given is not what was asked; none where it is.</param>
internal sealed record BatchResponse(long Step, int Rows, MixRequest Asked, GivenResponse Given, IReadOnlyList<string> Why)
{
    public static BatchResponse Of(ComposedBatch batch) => new(
        batch.Step,
        batch.Rows,
        batch.Plan.Asked,
        new GivenResponse(
            batch.Plan.FreshPositives, batch.Plan.ReservoirPositives, batch.Plan.HardNegatives - batch.CoolingDown, batch.Plan.RandomNegatives + batch.CoolingDown),
        [.. Reasons(batch)]);

    private static IEnumerable<string> Reasons(ComposedBatch batch)
    {
        if (!batch.MiningAllowed)
            yield return "the model does not beat chance yet: random negatives only";
        foreach (var shortfall in batch.Plan.Shortfalls)
            yield return shortfall.ToString();
        if (batch.CoolingDown > 0)
            yield return $"{batch.CoolingDown} hard negatives cool down or were used up: random ones in their places";
    }
}

/// <summary>Rows by where they came from.</summary>
internal sealed record GivenResponse(int FreshPositives, int KeptPositives, int HardNegatives, int RandomNegatives);

/// <summary><c>GET /api/quarantine</c>: suspected wrong labels that are set aside, the longest first.</summary>
/// <param name="Watching">Whether labels are suspected at all (pipeline.retention.labelNoise.minimumVisits).</param>
internal sealed record QuarantineResponse(bool Watching, IReadOnlyList<SuspectResponse> Items);

/// <param name="LastLosses">Oldest first.</param>
/// <param name="SinceVersion">Model version at which it was set aside.</param>
internal sealed record SuspectResponse(
    string Id, int Unit, string Label, int Visits, IReadOnlyList<double?> LastLosses, long SinceVersion, string Reason, OriginResponse Origin)
{
    public static SuspectResponse Of(QuarantinedCandidate suspect, string label) => new(
        suspect.Id,
        suspect.Unit,
        label,
        suspect.Visits,
        [.. suspect.LastLosses.Select(Finite.OrNull)],
        suspect.SinceVersion,
        suspect.Reason,
        OriginResponse.Of(suspect.Origin));
}

/// <summary>A person's verdict on a suspect was taken.</summary>
/// <param name="Verdict">released or confirmed.</param>
internal sealed record VerdictResponse(string Id, int Unit, string Verdict);
