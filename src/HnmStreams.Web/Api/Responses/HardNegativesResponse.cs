using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary><c>GET /api/hard-negatives</c>: hardest first.</summary>
internal sealed record HardNegativesResponse(int Top, IReadOnlyList<HardNegativeResponse> Items)
{
    public static HardNegativesResponse Of(int top, IReadOnlyList<HardNegative> items) => new(top, [.. items.Select(HardNegativeResponse.Of)]);
}

/// <param name="Unit">Which unit of the example; 0 is the whole.</param>
/// <param name="ModelVersion">The version that scored it last.</param>
/// <param name="AgeInVersions">Versions since then.</param>
/// <param name="Uses">Times that it was trained on.</param>
/// <param name="Losses">Of its last visits, oldest first; none before the first.</param>
internal sealed record HardNegativeResponse(
    string Id, int Unit, double? Hardness, long ModelVersion, long AgeInVersions, int Uses, OriginResponse Origin, IReadOnlyList<LossResponse> Losses)
{
    public static HardNegativeResponse Of(HardNegative negative) => new(
        negative.Id,
        negative.Unit,
        Finite.OrNull(negative.Hardness),
        negative.ModelVersion,
        negative.AgeInVersions,
        negative.Uses,
        OriginResponse.Of(negative.Origin),
        LossResponse.Of(negative.Losses));
}

internal sealed record OriginResponse(string Topic, int Partition, long Offset)
{
    public static OriginResponse Of(Origin origin) => new(origin.Topic, origin.Partition, origin.Offset);

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Topic}[{Partition}]@{Offset}");
}

/// <summary>The loss of a candidate under one model version.</summary>
internal sealed record LossResponse(long ModelVersion, double? Loss)
{
    public static IReadOnlyList<LossResponse> Of(IReadOnlyList<LossRecord> losses) => [.. losses.Select(l => new LossResponse(l.ModelVersion, Finite.OrNull(l.Loss)))];
}
