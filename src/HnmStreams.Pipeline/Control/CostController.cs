using System.Globalization;

namespace HnmStreams.Pipeline.Control;

/// <summary>
/// What mining may cost: candidates for each row trained on, by whether a second of scoring has gained more than a second
/// of further steps on random negatives. The learner at equal compute has had both equally long, so the sign of the paired
/// difference tells, as far as its interval goes. Down at once, up with patience: what was scored in vain is lost, and none
/// at all is plain random negatives, which is never worse.
/// </summary>
/// <remarks>Pure; O(1). Sources for few candidates beside random ones: arXiv 1803.00942, 2303.04947.</remarks>
internal static class CostController
{
    /// <summary>Comparisons that a change is given to show.</summary>
    public const int Patience = 3;

    private const int LongestRest = 256;

    /// <returns>What it is from now on, and why, with the figures that decided.</returns>
    public static (CostState State, string Reason) Decide(CostState now, in CostObservation seen, CostOptions options)
    {
        if (!seen.MiningAllowed)
            return (now, "The model is no better than chance yet: what is scored shows when it is.");
        if (seen.AgainstEqualCompute is not { } uplift)
            return (now, "Not comparable yet: too few held-out examples of each kind.");
        var figures = Figures(uplift, seen);
        var next = now with { Seen = now.Seen + 1 };
        if (now.Candidates <= 0)
            return Return(next, uplift.High < 0, figures, options);
        if (uplift.High < 0)
            return Change(next, Halved(now.Candidates, options), $"Behind random at equal compute {figures}: less is scored.");
        if (next.Seen < Patience)
            return (next, $"{Where(uplift)} random at equal compute {figures}: the last change is given time to show.");
        if (uplift.Low > 0)
        {
            return now.Candidates < options.MaximumCandidates
                ? Change(next with { Rest = CostState.FirstRest }, Math.Min(2 * now.Candidates, options.MaximumCandidates), $"Ahead of random at equal compute {figures}: more is scored.")
                : (next with { Rest = CostState.FirstRest }, $"Ahead of random at equal compute {figures}: no more is allowed (maximumCandidates).");
        }

        if (uplift.High >= options.WorthwhileGain)
            return (next, $"No difference from random at equal compute can be told {figures}: it stays.");
        return now.Candidates > options.MinimumCandidates
            ? Change(next, Math.Max(now.Candidates / 2, options.MinimumCandidates), $"No more ahead of random at equal compute than would matter {figures}: less is scored.")
            : (next, $"No more ahead of random at equal compute than would matter {figures}: the least is scored.");
    }

    /// <summary>From none: when the learner at equal compute is caught up with and the rest is over, the least is tried again.</summary>
    private static (CostState State, string Reason) Return(CostState next, bool behind, string figures, CostOptions options)
    {
        if (behind)
            return (next with { Seen = 0 }, $"Still behind random at equal compute {figures}: nothing is scored.");
        return next.Seen < next.Rest
            ? (next, $"Caught up with random at equal compute {figures}: nothing is scored for {next.Rest - next.Seen} more comparisons.")
            : Change(next with { Rest = Math.Min(2 * next.Rest, LongestRest) }, options.MinimumCandidates, $"Caught up with random at equal compute {figures}: the least is tried again.");
    }

    private static double Halved(double candidates, CostOptions options) =>
        candidates / 2 >= options.MinimumCandidates ? candidates / 2 : 0;

    private static (CostState State, string Reason) Change(CostState state, double candidates, string reason) =>
        (state with { Candidates = candidates, Seen = 0 }, reason);

    private static string Where(HnmStreams.Evaluation.Comparing.Uplift uplift) => uplift.Low > 0 ? "Ahead of" : "Level with";

    private static string Figures(HnmStreams.Evaluation.Comparing.Uplift uplift, in CostObservation seen) => string.Create(
        CultureInfo.InvariantCulture,
        $"({uplift.Mean:+0.0000;-0.0000} [{uplift.Low:0.0000}, {uplift.High:0.0000}]; a second of scoring gained {Gain(seen.ScoringGain)}, a second of further steps {Gain(seen.TrainingGain)})");

    private static string Gain(double gain) => double.IsFinite(gain) ? gain.ToString("+0.00000;-0.00000", CultureInfo.InvariantCulture) : "nothing that could be told";
}
