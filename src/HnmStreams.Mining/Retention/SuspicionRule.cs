using System.Globalization;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// Tells a wrong label from a hard example: both are among the hardest, but what can be learnt is learnt after some
/// visits, while the loss of a wrong label stays where it is (training dynamics as in arXiv 2001.10528, areas under the
/// margin, and arXiv 1812.05159, forgetting events; that large losses gather wrong labels is the small-loss trick of arXiv 1804.06872).
/// </summary>
public static class SuspicionRule
{
    /// <returns>Why it is suspected, in words; null where it is not. Pure, O(log history).</returns>
    public static string? Judge(in LossHistory losses, RecentHardness recent, SuspicionOptions options)
    {
        ArgumentNullException.ThrowIfNull(recent);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MinimumVisits == 0 || losses.Visits < Math.Max(options.MinimumVisits, 2 * LossHistory.Span) || recent.Count == 0)
            return null;
        var bound = recent.Quantile(1 - options.HardestShare);
        if (!(losses.LastMinimum >= bound) || losses.LastMean < losses.FirstMean * (1 - options.RequiredFall))
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{losses.Visits} visits, loss {losses.FirstMean:F3} at first and {losses.LastMean:F3} now, among the hardest {options.HardestShare:P0} (from {bound:F3})");
    }
}
