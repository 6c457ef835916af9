using System.Globalization;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>Whether a version becomes the latest. Pure.</summary>
/// <remarks>
/// Never one that is worse than the best by more than the noise, both judged on the same held-out examples as they are now:
/// a run that drifts away from what it knew leaves its user the best of it, and where the stream changes the old best falls
/// too. Which of those within the noise is <see cref="PublishingOptions.Prefer"/>.
/// Measured against the best and not against the one before, since many small steps down would each lie within the noise;
/// once they add up, what they led to is taken back with them.
/// </remarks>
internal static class PromotionRule
{
    /// <param name="value">The version's metric; larger is better.</param>
    /// <param name="bestVersion">The best so far; null where there is none.</param>
    /// <param name="ahead">By how much the version is ahead of the best; null where that is not defined.</param>
    public static (PromotionVerdict Verdict, string Reason) Decide(string metric, double value, long? bestVersion, Uplift? ahead)
    {
        if (!double.IsFinite(value))
            return (PromotionVerdict.Unknown, $"its {metric} is not defined yet");
        if (bestVersion is not { } best)
            return (PromotionVerdict.Best, $"the first whose {metric} is defined");
        if (ahead is null)
            return (PromotionVerdict.Unknown, $"it cannot be compared with version {best}: leaving examples out leaves no {metric}");
        var by = string.Create(CultureInfo.InvariantCulture, $"{ahead.Mean:+0.0000;-0.0000;0.0000} (95 % from {ahead.Low:+0.0000;-0.0000;0.0000} to {ahead.High:+0.0000;-0.0000;0.0000})");
        return ahead switch
        {
            { Mean: >= 0 } => (PromotionVerdict.Best, $"{by} against version {best}, the best until now"),
            { High: >= 0 } => (PromotionVerdict.Level, $"{by} against version {best}, the best: within the noise"),
            _ => (PromotionVerdict.PastBest, $"{by} against version {best}, the best: worse by more than the noise"),
        };
    }
}
