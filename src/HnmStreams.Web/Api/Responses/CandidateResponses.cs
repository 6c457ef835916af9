using System.Text.Json.Serialization;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Tasks;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary><c>GET /api/candidates/{id}</c>: all that is known of one candidate.</summary>
/// <param name="Place">Where it is held: pool, quarantine, positives or negatives.</param>
/// <param name="Label">As the task calls it.</param>
/// <param name="Hardness">Null where it is in no pool.</param>
/// <param name="ModelVersion">The version that gave the hardness.</param>
/// <param name="LooksMislabelled">Whether it looks like a wrong label, and in <paramref name="Verdict"/> why or why not.</param>
internal sealed record CandidateResponse(
    string Id,
    int Unit,
    CandidatePlaceName Place,
    string Label,
    double? Hardness,
    long? ModelVersion,
    long? AgeInVersions,
    int Uses,
    OriginResponse Origin,
    IReadOnlyList<LossResponse> Losses,
    bool LooksMislabelled,
    string Verdict)
{
    public static CandidateResponse Of(Candidate candidate, string label) => new(
        candidate.Id,
        candidate.Unit,
        (CandidatePlaceName)candidate.Place,
        label,
        candidate.Hardness is { } hardness ? Finite.OrNull(hardness) : null,
        candidate.ModelVersion,
        candidate.AgeInVersions,
        candidate.Uses,
        OriginResponse.Of(candidate.Origin),
        LossResponse.Of(candidate.Losses),
        candidate.Suspected,
        candidate.Verdict);
}

/// <summary>Where a candidate is held.</summary>
[JsonConverter(typeof(LowerCaseEnum<CandidatePlaceName>))]
internal enum CandidatePlaceName
{
    Pool,
    Quarantine,
    Positives,
    Negatives,
}

internal sealed class LowerCaseEnum<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.CamelCase)
    where T : struct, Enum;

/// <summary><c>GET /api/candidates/{id}/why</c>: why a candidate is hard.</summary>
/// <param name="Now">How the newest model judges it.</param>
/// <param name="NearestPositives">In the model's own embedding, nearest first; where no class is rare, of its own class.</param>
/// <param name="NearestNegatives">Where no class is rare, of the other classes.</param>
/// <param name="Compared">Kept examples that it was compared with; 0 where the network has no embedding to show.</param>
/// <param name="InWords">The same for a reader.</param>
/// <param name="Regions">Where in it the hard background lies, hardest first; null for a task that judges examples as a whole.</param>
internal sealed record WhyResponse(
    CandidateResponse Candidate,
    JudgementResponse Now,
    IReadOnlyList<NearResponse> NearestPositives,
    IReadOnlyList<NearResponse> NearestNegatives,
    int Compared,
    string InWords,
    IReadOnlyList<RegionResponse>? Regions)
{
    public static WhyResponse Of(Explanation explanation, Func<int, string> label) => new(
        CandidateResponse.Of(explanation.Candidate, label(explanation.Candidate.Label)),
        new JudgementResponse(explanation.ModelVersion, [.. explanation.Outputs.Select(Finite.OrNull)], Finite.OrNull(explanation.Hardness)),
        [.. explanation.NearestPositives.Select(n => NearResponse.Of(n, label))],
        [.. explanation.NearestNegatives.Select(n => NearResponse.Of(n, label))],
        explanation.Compared,
        ExplanationText.Of(explanation),
        explanation.Regions is { } regions ? [.. regions.Select(RegionResponse.Of)] : null);
}

/// <summary>A part of an example where nothing is and the model thinks otherwise; sides as shares of the whole, 0 to 1.</summary>
/// <param name="LooksLike">The class that the model takes it for.</param>
internal sealed record RegionResponse(double Left, double Top, double Right, double Bottom, double? Hardness, string LooksLike)
{
    public static RegionResponse Of(HardNegativeRegion region) => new(region.Left, region.Top, region.Right, region.Bottom, Finite.OrNull(region.Hardness), region.LooksLike);
}

/// <param name="Outputs">The network's, before any probability; none where there are regions.</param>
internal sealed record JudgementResponse(long ModelVersion, IReadOnlyList<double?> Outputs, double? Hardness);

/// <summary>A neighbour in the embedding.</summary>
/// <param name="Similarity">Cosine, -1 to 1.</param>
internal sealed record NearResponse(string Id, string Label, double Similarity, OriginResponse Origin)
{
    public static NearResponse Of(NearExample near, Func<int, string> label) => new(near.Id, label(near.Label), near.Similarity, OriginResponse.Of(near.Origin));
}
