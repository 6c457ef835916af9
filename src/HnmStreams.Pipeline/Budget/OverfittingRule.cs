using HnmStreams.Pipeline.Flow.Promotion;

namespace HnmStreams.Pipeline.Budget;

/// <summary>
/// The rule of the overfitting guard. Mining is reduced by one level for each version that is significantly worse than the
/// best version before it. It is restored by one level with each new best version, and tentatively after many versions
/// without a significant difference.
/// </summary>
/// <remarks>
/// Pure. Both versions are evaluated on the current held-out examples, so a change of the stream is not mistaken for a decay
/// of the model: it lowers the old best too.
/// </remarks>
internal static class OverfittingRule
{
    public static OverfittingGuardState Decide(OverfittingGuardState now, PromotionVerdict verdict, int levels)
    {
        now = now with { BackoffLevel = Math.Min(now.BackoffLevel, levels) };
        return verdict switch
        {
            PromotionVerdict.WorseThanBest => now with { BackoffLevel = Math.Min(now.BackoffLevel + 1, levels), WithinNoiseVersions = 0 },
            PromotionVerdict.Best => new OverfittingGuardState(Math.Max(now.BackoffLevel - 1, 0), 0, OverfittingGuardState.FirstRecovery),
            PromotionVerdict.WithinNoise when now.BackoffLevel > 0 => now.WithinNoiseVersions + 1 < now.VersionsToRecover
                ? now with { WithinNoiseVersions = now.WithinNoiseVersions + 1 }
                : new OverfittingGuardState(now.BackoffLevel - 1, 0, Math.Min(2 * now.VersionsToRecover, OverfittingGuardState.MaxRecovery)),
            _ => now,
        };
    }

    /// <summary>Returns the factor of the hard share that remains, 0 to 1.</summary>
    public static double ShareLeft(int backoffLevel, int levels) => backoffLevel >= levels ? 0 : Math.ScaleB(1, -backoffLevel);

    /// <summary>Returns the number of uses per candidate that remains, at least 1; 0 (unlimited) remains 0.</summary>
    public static int UsesLeft(int uses, int backoffLevel) => uses == 0 ? 0 : Math.Max(1, uses >> Math.Min(backoffLevel, 30));
}
