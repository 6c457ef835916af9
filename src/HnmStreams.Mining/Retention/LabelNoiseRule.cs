using System.Globalization;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// The rule that tells a label error from a hard example. Both are among the hardest, but the loss of a learnable example falls after some
/// visits, while that of a label error stays high. Uses training dynamics as in arXiv 2001.10528 (area under the margin) and arXiv
/// 1812.05159 (forgetting events), and the small-loss observation of arXiv 1804.06872 that label errors have large losses.
/// </summary>
public static class LabelNoiseRule
{
    /// <summary>Decides whether a candidate is a suspected label error. Pure; O(log history).</summary>
    /// <returns>The reason in words, or null if the candidate is not suspected.</returns>
    public static string? Judge(in LossHistory losses, RecentHardness recent, LabelNoiseOptions options)
    {
        ArgumentNullException.ThrowIfNull(recent);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MinVisits == 0 || losses.Visits < RequiredVisits(options) || recent.Count == 0)
            return null;
        var bound = recent.Quantile(1 - options.HardestShare);
        return IsHardest(losses, bound) && !IsLearned(losses, options) ? Describe(losses, options, bound) : null;
    }

    /// <summary>Decides as <see cref="Judge"/> does, and also gives the reason if the candidate is not suspected. Pure; O(log history).</summary>
    /// <param name="losses">Loss history of the candidate.</param>
    /// <param name="recent">Distribution of recent losses.</param>
    /// <param name="options">The criteria. If label-noise detection is disabled, the candidate is judged as if it were enabled.</param>
    public static (bool Suspected, string Why) Explain(in LossHistory losses, RecentHardness recent, LabelNoiseOptions options)
    {
        ArgumentNullException.ThrowIfNull(recent);
        ArgumentNullException.ThrowIfNull(options);
        if (losses.Visits < RequiredVisits(options) || recent.Count == 0)
            return (false, string.Create(CultureInfo.InvariantCulture, $"not enough data yet: {losses.Visits} of {RequiredVisits(options)} visits"));
        var bound = recent.Quantile(1 - options.HardestShare);
        if (IsLearned(losses, options))
            return (false, string.Create(CultureInfo.InvariantCulture, $"it is being learned: loss {losses.FirstMean:G3} at first and {losses.LastMean:G3} now, over {losses.Visits} visits"));
        return IsHardest(losses, bound)
            ? (true, Describe(losses, options, bound))
            : (false, string.Create(CultureInfo.InvariantCulture, $"its loss does not decrease, but is not always among the hardest {options.HardestShare:P0} (from {bound:G3}): recent minimum {losses.LastMinimum:G3}, mean {losses.LastMean:G3}"));
    }

    private static int RequiredVisits(LabelNoiseOptions options) => Math.Max(options.MinVisits, 2 * LossHistory.Span);

    private static bool IsHardest(in LossHistory losses, float bound) => losses.LastMinimum >= bound;

    private static bool IsLearned(in LossHistory losses, LabelNoiseOptions options) => losses.LastMean < losses.FirstMean * (1 - options.RequiredLossDecrease);

    private static string Describe(in LossHistory losses, LabelNoiseOptions options, float bound) => string.Create(
        CultureInfo.InvariantCulture,
        $"{losses.Visits} visits, loss {losses.FirstMean:F3} at first and {losses.LastMean:F3} now, among the hardest {options.HardestShare:P0} (from {bound:F3})");
}
