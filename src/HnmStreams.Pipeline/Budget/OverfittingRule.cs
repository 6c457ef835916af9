using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Budget;

/// <summary>
/// How far mining is eased off: a step further whenever a version is worse than the best before it by more than the
/// noise, a step back with each new best, and one to try again where versions have long been level with it. Both are
/// judged on the same held-out examples as they are now, so a stream that changes is not taken for a model that decays:
/// there the old best falls too.
/// </summary>
/// <remarks>Pure.</remarks>
internal static class OverfittingRule
{
    public static OverfittingGuardState Decide(OverfittingGuardState now, PromotionVerdict verdict, int steps)
    {
        now = now with { Eased = Math.Min(now.Eased, steps) };
        return verdict switch
        {
            PromotionVerdict.PastBest => now with { Eased = Math.Min(now.Eased + 1, steps), Seen = 0 },
            PromotionVerdict.Best => new OverfittingGuardState(Math.Max(now.Eased - 1, 0), 0, OverfittingGuardState.FirstRest),
            PromotionVerdict.Level when now.Eased > 0 => now.Seen + 1 < now.Rest
                ? now with { Seen = now.Seen + 1 }
                : new OverfittingGuardState(now.Eased - 1, 0, Math.Min(2 * now.Rest, OverfittingGuardState.LongestRest)),
            _ => now,
        };
    }

    /// <summary>What is left of the share of negatives that is hard.</summary>
    public static double ShareLeft(int eased, int steps) => eased >= steps ? 0 : Math.ScaleB(1, -eased);

    /// <summary>How often a candidate is drawn at most; 0 stays unlimited.</summary>
    public static int UsesLeft(int uses, int eased) => uses == 0 ? 0 : Math.Max(1, uses >> Math.Min(eased, 30));
}
