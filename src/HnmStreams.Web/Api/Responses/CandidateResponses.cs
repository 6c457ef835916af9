using System.Text.Json.Serialization;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Tasks;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/candidates/{id}</c>: the state of one candidate.</summary>
/// <param name="Region">Index of the region in its example; 0 is the whole example.</param>
/// <param name="Label">Name of the label.</param>
/// <param name="Hardness">Null if it is not in the pool.</param>
/// <param name="ModelVersion">Model version of the last score.</param>
/// <param name="LabelSuspected">True if it is a suspected label error.</param>
/// <param name="LabelAssessment">The reason for <paramref name="LabelSuspected"/>.</param>
internal sealed record CandidateResponse(
    string Id,
    int Region,
    CandidateLocationName Location,
    string Label,
    double? Hardness,
    long? ModelVersion,
    long? AgeInVersions,
    int Uses,
    OriginResponse Origin,
    IReadOnlyList<LossResponse> Losses,
    bool LabelSuspected,
    string LabelAssessment)
{
    public static CandidateResponse Of(Candidate candidate, string label) => new(
        candidate.Id,
        candidate.Region,
        (CandidateLocationName)candidate.Location,
        label,
        candidate.Pool is { } pool ? Finite.OrNull(pool.Hardness) : null,
        candidate.Pool?.ModelVersion,
        candidate.Pool?.AgeInVersions,
        candidate.Pool?.Uses ?? 0,
        OriginResponse.Of(candidate.Origin),
        LossResponse.Of(candidate.Losses),
        candidate.Detail!.Suspected,
        candidate.Detail.LabelAssessment);
}

/// <summary>The JSON names of <see cref="CandidateLocation"/>.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<CandidateLocationName>))]
internal enum CandidateLocationName
{
    Pool,
    Quarantine,
    Positives,
    Negatives,
}

/// <summary>The answer of <c>GET /api/candidates/{id}/why</c>: an explanation of a candidate's hardness.</summary>
/// <param name="Current">The prediction of the newest model.</param>
/// <param name="NearestPositives">Nearest positives, nearest first; for tasks without a rare class, neighbors of its own class.</param>
/// <param name="NearestNegatives">Nearest negatives; for tasks without a rare class, neighbors of other classes.</param>
/// <param name="ComparedCount">Stored examples that it was compared with.</param>
/// <param name="Summary">The explanation in sentences.</param>
/// <param name="Objects">The labeled objects; null for tasks that score whole examples.</param>
/// <param name="Predictions">The predicted objects, the most confident first; null for tasks that score whole examples.</param>
/// <param name="Features">The named features beside those of the nearest neighbors; null for tasks without features.</param>
/// <param name="ComparedBy">The vectors by which neighbors were compared.</param>
/// <param name="Proposal">The proposed label, if there is evidence for another one.</param>
/// <param name="Regions">Hard background regions, hardest first; null for tasks that score whole examples.</param>
internal sealed record WhyResponse(
    CandidateResponse Candidate,
    PredictionResponse Current,
    IReadOnlyList<NeighborResponse> NearestPositives,
    IReadOnlyList<NeighborResponse> NearestNegatives,
    int ComparedCount,
    string Summary,
    IReadOnlyList<RegionResponse>? Regions,
    IReadOnlyList<ObjectResponse>? Objects,
    IReadOnlyList<ObjectResponse>? Predictions,
    FeatureTable? Features,
    LabelProposal Proposal,
    NeighborSpaceName ComparedBy)
{
    public static WhyResponse Of(Explanation explanation, IRowPreviews previews) => Of(explanation, previews, previews.LabelName);

    private static WhyResponse Of(Explanation explanation, IRowPreviews previews, Func<int, string> label) => new(
        CandidateResponse.Of(explanation.Candidate, label(explanation.Candidate.Label)),
        new PredictionResponse(explanation.ModelVersion, [.. explanation.Outputs.Select(Finite.OrNull)], Finite.OrNull(explanation.Hardness), ByLabel(explanation.Probabilities, previews.OutputName)),
        [.. explanation.NearestPositives.Select(n => NeighborResponse.Of(n, label))],
        [.. explanation.NearestNegatives.Select(n => NeighborResponse.Of(n, label))],
        explanation.Compared,
        ExplanationText.Of(explanation),
        explanation.Regions is { } regions ? [.. regions.Select(RegionResponse.Of)] : null,
        explanation.Objects is { } objects ? [.. objects.Select(ObjectResponse.Of)] : null,
        explanation.Predictions is { } predictions ? [.. predictions.Select(ObjectResponse.Of)] : null,
        FeatureTable.Of(explanation, previews),
        previews.HasLabelSets ? LabelProposal.OfSets : LabelProposal.Of(explanation, label),
        (NeighborSpaceName)explanation.Space);

    // Names of classes are unique. If they were not, the index would distinguish them.
    private static Dictionary<string, double>? ByLabel(IReadOnlyList<double>? probabilities, Func<int, string> label)
    {
        if (probabilities is null)
            return null;
        var byLabel = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < probabilities.Count; i++)
            byLabel[byLabel.ContainsKey(label(i)) ? $"{label(i)} ({i})" : label(i)] = probabilities[i];
        return byLabel;
    }
}

/// <summary>A labeled or predicted object. Its sides are shares of the image, 0 to 1.</summary>
/// <param name="Score">The confidence of a prediction, 0 to 1; null for a labeled object.</param>
internal sealed record ObjectResponse(double Left, double Top, double Right, double Bottom, string Label, double? Score)
{
    public static ObjectResponse Of(LabeledRegion region) => new(region.Bounds.Left, region.Bounds.Top, region.Bounds.Right, region.Bounds.Bottom, region.Label, region.Score is { } score ? Finite.OrNull(score) : null);
}

/// <summary>A region of background that the model mistakes for an object. Its sides are shares of the image, 0 to 1.</summary>
/// <param name="LooksLike">The class that the model predicts.</param>
internal sealed record RegionResponse(double Left, double Top, double Right, double Bottom, double? Hardness, string LooksLike)
{
    public static RegionResponse Of(HardNegativeRegion region) => new(
        region.Bounds.Left, region.Bounds.Top, region.Bounds.Right, region.Bounds.Bottom, Finite.OrNull(region.Hardness), region.LooksLike);
}

/// <summary>A prediction for one candidate.</summary>
/// <param name="Outputs">Raw outputs of the network (logits); empty for tasks with regions.</param>
/// <param name="Probabilities">Uncalibrated probability by label; null for tasks without probabilities.</param>
internal sealed record PredictionResponse(long ModelVersion, IReadOnlyList<double?> Outputs, double? Hardness, IReadOnlyDictionary<string, double>? Probabilities);

/// <summary>The JSON names of <see cref="NeighborSpace"/>.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<NeighborSpaceName>))]
internal enum NeighborSpaceName
{
    Embedding,
    Input,
    None,
}

/// <summary>A stored example that is similar to the candidate.</summary>
/// <param name="Similarity">Cosine similarity, -1 to 1.</param>
internal sealed record NeighborResponse(string Id, string Label, double Similarity, OriginResponse Origin)
{
    public static NeighborResponse Of(NearExample near, Func<int, string> label) => new(near.Id, label(near.Label), near.Similarity, OriginResponse.Of(near.Origin));
}
