using System.Globalization;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Recovery;

/// <summary>Recoveries as text. Pure.</summary>
internal static class RecoveryText
{
    /// <summary>The rule of the measurement.</summary>
    public const string Rule = "The time from the change until the metric is back at the level for two evaluations, the steps until then, and the lowest value. The level is 95 % of the median of the three learners before the change. The rule is the same for all learners.";

    public static string Of(ChangeRecovery change, LearnerRecovery learner) => learner switch
    {
        { Lowest: null } => change.Ended ? "no evaluation before the next change" : "waiting for an evaluation",
        { Seconds: { } seconds, Fell: true } => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s, {Numbers.Count(learner.Steps ?? 0)} steps, lowest {Numbers.Metric(learner.Lowest)}"),
        { Fell: false } => $"stayed above it, lowest {Numbers.Metric(learner.Lowest)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{(change.Ended ? "not within" : "not yet after")} {change.Observed:0.0} s, lowest {Numbers.Metric(learner.Lowest)}"),
    };
}
