using System.Globalization;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Tasks;

namespace HnmStreams.Web.Api.Responses;

/// <summary>Why a candidate is hard, for a reader.</summary>
internal static class ExplanationText
{
    public static string Of(Explanation explanation)
    {
        var sentences = new List<string>();
        if (Sides(explanation) is { } sides)
            sentences.Add(sides);
        if (explanation.Regions is [var hardest, ..])
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"Where nothing is, the model is surest of {hardest.LooksLike} (hardness {hardest.Hardness:G3}), {Place(hardest)}."));
        if (Past(explanation.Candidate.Losses) is { } past)
            sentences.Add(past);
        if (explanation.Candidate.Uses > 0)
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"It was trained on {explanation.Candidate.Uses} times."));
        sentences.Add($"{(explanation.Candidate.Suspected ? "It looks like a wrong label" : "It does not look like a wrong label")}: {explanation.Candidate.Verdict}.");
        return string.Join(" ", sentences);
    }

    private static string? Sides(Explanation explanation)
    {
        if (explanation is not { NearestPositives: [var positive, ..], NearestNegatives: [var negative, ..] })
            return null;
        var (near, far) = positive.Similarity > negative.Similarity ? (positive.Similarity, negative.Similarity) : (negative.Similarity, positive.Similarity);
        var nearer = positive.Similarity > negative.Similarity ? "the positives" : "other negatives";
        var farther = positive.Similarity > negative.Similarity ? "any other negative" : "any positive";
        return string.Create(CultureInfo.InvariantCulture, $"The model places it nearer to {nearer} (cosine {near:F3}) than to {farther} ({far:F3}) of {explanation.Compared} that it was compared with.");
    }

    private static string Place(HardNegativeRegion region)
    {
        var (x, y) = ((region.Left + region.Right) / 2, (region.Top + region.Bottom) / 2);
        var down = y < 1 / 3.0 ? "top" : y < 2 / 3.0 ? "middle" : "bottom";
        var across = x < 1 / 3.0 ? "left" : x < 2 / 3.0 ? "centre" : "right";
        return $"at the {down} {across}";
    }

    private static string? Past(IReadOnlyList<LossRecord> losses) => losses is not [var first, .., var last]
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"Its loss was {first.Loss:G3} under version {first.ModelVersion} and is {last.Loss:G3} under version {last.ModelVersion}.");
}
