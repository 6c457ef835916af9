using System.Globalization;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// Tells a wrong label from a hard example: both are among the hardest, but what can be learnt is learnt after some
/// visits, while the loss of a wrong label stays where it is (training dynamics as in arXiv 2001.10528, areas under the
/// margin, and arXiv 1812.05159, forgetting events; that large losses gather wrong labels is the small-loss trick of arXiv 1804.06872).
/// </summary>
public static class LabelNoiseRule
{
    /// <returns>Why it is suspected, in words; null where it is not. Pure, O(log history).</returns>
    public static string? Judge(in LossHistory losses, RecentHardness recent, LabelNoiseOptions options)
    {
        ArgumentNullException.ThrowIfNull(recent);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MinimumVisits == 0 || losses.Visits < Needed(options) || recent.Count == 0)
            return null;
        var bound = recent.Quantile(1 - options.HardestShare);
        return IsHardest(losses, bound) && !IsLearnt(losses, options) ? Describe(losses, options, bound) : null;
    }

    /// <summary>The same, and in words where it is not suspected. Pure, O(log history).</summary>
    /// <param name="options">Judged as if at least one visit were asked for.</param>
    public static (bool Suspected, string Why) Explain(in LossHistory losses, RecentHardness recent, LabelNoiseOptions options)
    {
        ArgumentNullException.ThrowIfNull(recent);
        ArgumentNullException.ThrowIfNull(options);
        if (losses.Visits < Needed(options) || recent.Count == 0)
            return (false, string.Create(CultureInfo.InvariantCulture, $"too early to say: {losses.Visits} visits of the {Needed(options)} that it takes"));
        var bound = recent.Quantile(1 - options.HardestShare);
        if (IsLearnt(losses, options))
            return (false, string.Create(CultureInfo.InvariantCulture, $"it is being learnt: loss {losses.FirstMean:G3} at first and {losses.LastMean:G3} now, in {losses.Visits} visits"));
        return IsHardest(losses, bound)
            ? (true, Describe(losses, options, bound))
            : (false, string.Create(CultureInfo.InvariantCulture, $"its loss does not fall, but is not always among the hardest {options.HardestShare:P0} (from {bound:G3}): {losses.LastMinimum:G3} to {losses.LastMean:G3} of late"));
    }

    private static int Needed(LabelNoiseOptions options) => Math.Max(options.MinimumVisits, 2 * LossHistory.Span);

    private static bool IsHardest(in LossHistory losses, float bound) => losses.LastMinimum >= bound;

    private static bool IsLearnt(in LossHistory losses, LabelNoiseOptions options) => losses.LastMean < losses.FirstMean * (1 - options.RequiredFall);

    private static string Describe(in LossHistory losses, LabelNoiseOptions options, float bound) => string.Create(
        CultureInfo.InvariantCulture,
        $"{losses.Visits} visits, loss {losses.FirstMean:F3} at first and {losses.LastMean:F3} now, among the hardest {options.HardestShare:P0} (from {bound:F3})");
}
