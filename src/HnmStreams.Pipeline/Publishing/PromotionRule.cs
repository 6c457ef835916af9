using System.Globalization;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Flow.Promotion;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>The pure decision whether a version is promoted.</summary>
/// <remarks>
/// A version that is significantly worse than the best is never promoted. Both are evaluated on the same, current held-out examples:
/// if the model degrades, its user keeps the best version; if the stream changes, the metric of the old best falls as well.
/// <see cref="PublishingOptions.Prefer"/> decides between versions without a significant difference.
/// The reference is the best version and not the previous one: many small steps down would each be insignificant. Once their
/// sum is significant, the versions promoted on the way are withdrawn.
/// </remarks>
internal static class PromotionRule
{
    /// <param name="value">The version's metric. Larger is better.</param>
    /// <param name="bestVersion">The best version so far; null if none exists.</param>
    /// <param name="ahead">The uplift of the version over the best; null if it is not defined.</param>
    public static (PromotionVerdict Verdict, string Reason) Decide(string metric, double value, long? bestVersion, Uplift? ahead)
    {
        if (!double.IsFinite(value))
            return (PromotionVerdict.Unknown, $"its {metric} is not defined yet");
        if (bestVersion is not { } best)
            return (PromotionVerdict.Best, $"the first version with a defined {metric}");
        if (ahead is null)
            return (PromotionVerdict.Unknown, $"it cannot be compared with version {best}: leaving examples out leaves no {metric}");
        var by = string.Create(CultureInfo.InvariantCulture, $"{ahead.Mean:+0.0000;-0.0000;0.0000} (95 % from {ahead.Low:+0.0000;-0.0000;0.0000} to {ahead.High:+0.0000;-0.0000;0.0000})");
        return ahead switch
        {
            { Mean: >= 0 } => (PromotionVerdict.Best, $"{by} against version {best}, the best until now"),
            { High: >= 0 } => (PromotionVerdict.WithinNoise, $"{by} against version {best}, the best: within the noise"),
            _ => (PromotionVerdict.WorseThanBest, $"{by} against version {best}, the best: worse by more than the noise"),
        };
    }
}
