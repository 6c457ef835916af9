using System.Globalization;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/hard-negatives</c>, hardest first.</summary>
internal sealed record HardNegativesResponse(int Top, IReadOnlyList<HardNegativeResponse> Items)
{
    public static HardNegativesResponse Of(int top, IReadOnlyList<Candidate> items) => new(top, [.. items.Select(HardNegativeResponse.Of)]);
}

/// <summary>A hard negative of the pool.</summary>
/// <param name="Region">Index of the region in its example; 0 is the whole example.</param>
/// <param name="ModelVersion">Model version of the last score.</param>
/// <param name="AgeInVersions">Versions since the last score.</param>
/// <param name="Uses">Training steps it took part in.</param>
/// <param name="Losses">Losses of its last visits, oldest first; empty before the first visit.</param>
internal sealed record HardNegativeResponse(
    string Id, int Region, double? Hardness, long ModelVersion, long AgeInVersions, int Uses, OriginResponse Origin, IReadOnlyList<LossResponse> Losses)
{
    public static HardNegativeResponse Of(Candidate negative) => new(
        negative.Id,
        negative.Region,
        Finite.OrNull(negative.Pool!.Hardness),
        negative.Pool.ModelVersion,
        negative.Pool.AgeInVersions,
        negative.Pool.Uses,
        OriginResponse.Of(negative.Origin),
        LossResponse.Of(negative.Losses));
}

/// <summary>The record that an example came from.</summary>
internal sealed record OriginResponse(string Topic, int Partition, long Offset)
{
    public static OriginResponse Of(Origin origin) => new(origin.Topic, origin.Partition, origin.Offset);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}[{Partition}]@{Offset}");
}

/// <summary>The loss of a candidate under one model version.</summary>
internal sealed record LossResponse(long ModelVersion, double? Loss)
{
    public static IReadOnlyList<LossResponse> Of(IReadOnlyList<LossRecord> losses) => [.. losses.Select(l => new LossResponse(l.ModelVersion, Finite.OrNull(l.Loss)))];
}
