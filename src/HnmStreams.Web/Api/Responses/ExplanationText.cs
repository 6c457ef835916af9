using System.Globalization;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Tasks;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The explanation of a candidate's hardness in sentences. Pure.</summary>
internal static class ExplanationText
{
    public static string Of(Explanation explanation)
    {
        var sentences = new List<string>();
        if (Neighbors(explanation) is { } neighbors)
            sentences.Add(neighbors);
        if (explanation.Regions is [var hardest, ..])
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"The hardest background region is at the {Position(hardest)}: the model mistakes it for {hardest.LooksLike} (hardness {hardest.Hardness:G3})."));
        if (LossChange(explanation.Candidate.Losses) is { } change)
            sentences.Add(change);
        if (explanation.Candidate.Pool is { Uses: > 0 and var uses })
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"It was trained on {Times(uses)}."));
        sentences.Add($"{(explanation.Candidate.Detail!.Suspected ? "It is a suspected label error" : "It is not a suspected label error")}: {explanation.Candidate.Detail.LabelAssessment}.");
        return string.Join(" ", sentences);
    }

    private static string? Neighbors(Explanation explanation)
    {
        if (explanation is not { NearestPositives: [var positive, ..], NearestNegatives: [var negative, ..] })
            return null;
        var (near, far) = positive.Similarity > negative.Similarity ? (positive.Similarity, negative.Similarity) : (negative.Similarity, positive.Similarity);
        // Two probabilities are those of a rare class and the rest.
        var (own, other) = explanation.Probabilities is { Count: 2 } ? ("positive", "other negative") : ("example of its own label", "example of another label");
        var (nearer, farther) = positive.Similarity > negative.Similarity ? (own, other) : (other, own);
        var subject = explanation.Space == NeighborSpace.Input ? "Its input is" : "The model places it";
        return string.Create(CultureInfo.InvariantCulture, $"{subject} nearer to the nearest {nearer} (cosine {near:F3}) than to the nearest {farther} ({far:F3}) among {explanation.Compared} stored examples.");
    }

    private static string Position(HardNegativeRegion region)
    {
        var (x, y) = ((region.Bounds.Left + region.Bounds.Right) / 2, (region.Bounds.Top + region.Bounds.Bottom) / 2);
        var row = y < 1 / 3.0 ? "top" : y < 2 / 3.0 ? "middle" : "bottom";
        var column = x < 1 / 3.0 ? "left" : x < 2 / 3.0 ? "center" : "right";
        return $"{row} {column}";
    }

    private static string Times(int uses) => uses switch
    {
        1 => "once",
        2 => "twice",
        _ => string.Create(CultureInfo.InvariantCulture, $"{uses} times"),
    };

    private static string? LossChange(IReadOnlyList<LossRecord> losses) => losses is not [var first, .., var last]
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"Its loss was {first.Loss:G3} under version {first.ModelVersion} and is {last.Loss:G3} under version {last.ModelVersion}.");
}
