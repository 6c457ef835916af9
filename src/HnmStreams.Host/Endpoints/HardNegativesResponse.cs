using HnmStreams.Host.Summaries;
using HnmStreams.Pipeline.Ranking;

namespace HnmStreams.Host.Endpoints;

/// <summary><c>GET /api/hard-negatives</c>: hardest first.</summary>
internal sealed record HardNegativesResponse(int Top, IReadOnlyList<HardNegativeResponse> Items)
{
    public static HardNegativesResponse Of(int top, IReadOnlyList<HardNegative> items) => new(top, [.. items.Select(HardNegativeResponse.Of)]);
}

/// <param name="Unit">Which unit of the example; 0 is the whole.</param>
/// <param name="ModelVersion">The version that scored it last.</param>
/// <param name="AgeInVersions">Versions since then.</param>
/// <param name="Uses">Times that it was trained on.</param>
internal sealed record HardNegativeResponse(
    string Id, int Unit, double? Hardness, long ModelVersion, long AgeInVersions, int Uses, OriginResponse Origin)
{
    public static HardNegativeResponse Of(HardNegative negative) => new(
        negative.Id,
        negative.Unit,
        Finite.OrNull(negative.Hardness),
        negative.ModelVersion,
        negative.AgeInVersions,
        negative.Uses,
        new OriginResponse(negative.Origin.Topic, negative.Origin.Partition, negative.Origin.Offset));
}

internal sealed record OriginResponse(string Topic, int Partition, long Offset);
