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
/// With few held-out positives the metric is mostly noise and often saturates at 1, so that a gate would often keep an
/// early version. Below <see cref="PublishingOptions.MinHeldOut"/> the newest version is promoted instead. Versions with equal
/// metrics are compared by their log-loss.
/// </remarks>
internal static class PromotionRule
{
    /// <param name="value">The version's metric. Larger is better.</param>
    /// <param name="heldOut">The number of held-out examples that decide.</param>
    /// <param name="bestVersion">The best version so far; null if none exists.</param>
    /// <param name="ahead">The uplift of the version over the best; null if it is not defined.</param>
    /// <param name="logLoss">The log-losses of the version and of the best, which decide between equal metrics; null if the task has none.</param>
    public static (PromotionVerdict Verdict, string Reason) Decide(string metric, double value, HeldOutSize heldOut, long? bestVersion, Uplift? ahead, (double Version, double Best)? logLoss)
    {
        if (!double.IsFinite(value))
            return (PromotionVerdict.Unknown, $"its {metric} is not defined yet");
        if (heldOut.Examples < heldOut.Required)
            return (PromotionVerdict.TooFewToCompare, $"the newest version, because only {heldOut.Examples} held-out {heldOut.Kind} can be compared and {heldOut.Required} are required (pipeline.publishing.minHeldOut)");
        if (bestVersion is not { } best)
            return (PromotionVerdict.Best, $"the first version with a defined {metric}");
        if (ahead is null)
            return (PromotionVerdict.Unknown, $"it cannot be compared with version {best}: leaving examples out leaves no {metric}");
        var by = string.Create(CultureInfo.InvariantCulture, $"{ahead.Mean:+0.0000;-0.0000;0.0000} (95 % from {ahead.Low:+0.0000;-0.0000;0.0000} to {ahead.High:+0.0000;-0.0000;0.0000})");
        if (ahead.Mean == 0 && logLoss is { } losses)
        {
            var tie = string.Create(CultureInfo.InvariantCulture, $"the same {metric} as version {best}, the best until now, and a log-loss of {losses.Version:0.0000} against {losses.Best:0.0000}");
            return (losses.Version <= losses.Best ? PromotionVerdict.Best : PromotionVerdict.WithinNoise, tie);
        }

        return ahead switch
        {
            { Mean: >= 0 } => (PromotionVerdict.Best, $"{by} against version {best}, the best until now"),
            { High: >= 0 } => (PromotionVerdict.WithinNoise, $"{by} against version {best}, the best: within the noise"),
            _ => (PromotionVerdict.WorseThanBest, $"{by} against version {best}, the best: worse by more than the noise"),
        };
    }
}
