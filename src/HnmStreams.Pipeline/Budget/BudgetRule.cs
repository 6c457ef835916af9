using System.Globalization;
using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Pipeline.Budget;

/// <summary>
/// What mining may cost: candidates for each row trained on, by whether a second of scoring has gained more than a second
/// of further steps on random negatives. The learner at equal compute has had both equally long, so the sign of the paired
/// difference tells, as far as its interval goes; where it tells nothing, what the difference has done since the last
/// change leads back to where it started. None at all is plain random negatives, which is never worse; from there the
/// least is tried again, after rests that double.
/// </summary>
/// <remarks>Pure; O(1). Sources for few candidates beside random ones: arXiv 1803.00942, 2303.04947.</remarks>
internal static class BudgetRule
{
    /// <summary>Comparisons that a change is given to show.</summary>
    public const int Patience = 3;

    private const int LongestRest = 256;

    /// <returns>What it is from now on, and why, with the figures that decided.</returns>
    public static (BudgetState State, string Reason) Decide(BudgetState now, in BudgetObservation seen, MiningBudgetOptions options)
    {
        if (!seen.MiningAllowed)
            return (now, "The model is no better than chance yet: what is scored shows when it is.");
        if (seen.AgainstEqualCompute is not { } uplift)
            return (now, "Not comparable yet: too few held-out examples of each kind.");
        var figures = Figures(uplift, seen);
        var next = now with { Seen = now.Seen + 1 };
        // What was lost or won before the last change is not the present setting's.
        var gains = uplift.Mean > now.AtChange;
        if (now.Candidates <= 0)
        {
            return next.Seen < next.Rest
                ? (next, $"{Where(uplift)} random at equal compute {figures}: nothing is scored for {next.Rest - next.Seen} more comparisons.")
                : Change(next with { Rest = Math.Min(2 * next.Rest, LongestRest) }, options.MinimumCandidates, $"{Where(uplift)} random at equal compute {figures}: the least is tried again.");
        }

        if (next.Seen < Patience)
            return (next, $"{Where(uplift)} random at equal compute {figures}: the last change is given time to show.");
        if (uplift.High < 0 && !gains)
            return Change(next, now.Candidates / 2 >= options.MinimumCandidates ? now.Candidates / 2 : 0, $"Behind random at equal compute {figures} and not gaining on it: less is scored.");
        if (uplift.Low > 0)
        {
            next = next with { Rest = BudgetState.FirstRest };
            return now.Candidates < options.MaximumCandidates
                ? Change(next, Math.Min(2 * now.Candidates, options.MaximumCandidates), $"Ahead of random at equal compute {figures}: more is scored.")
                : (next, $"Ahead of random at equal compute {figures}: no more is allowed (maximumCandidates).");
        }

        if (uplift.High >= 0 && uplift.High < options.WorthwhileGain)
        {
            return now.Candidates > options.MinimumCandidates
                ? Change(next, Math.Max(now.Candidates / 2, options.MinimumCandidates), $"No more ahead of random at equal compute than would matter {figures}: less is scored.")
                : (next, $"No more ahead of random at equal compute than would matter {figures}: the least is scored.");
        }

        return gains && now.Candidates < options.StartCandidates
            ? Change(next, Math.Min(2 * now.Candidates, options.StartCandidates), $"{Where(uplift)} random at equal compute and gaining on it {figures}: more is scored.")
            : (next, $"{Where(uplift)} random at equal compute {figures}: it stays.");

        (BudgetState State, string Reason) Change(BudgetState state, double candidates, string reason) =>
            (state with { Candidates = candidates, Seen = 0, AtChange = uplift.Mean }, reason);
    }

    private static string Where(Uplift uplift) => uplift.Low > 0 ? "Ahead of" : uplift.High < 0 ? "Behind" : "Level with";

    private static string Figures(Uplift uplift, in BudgetObservation seen) => string.Create(
        CultureInfo.InvariantCulture,
        $"({uplift.Mean:+0.0000;-0.0000} [{uplift.Low:0.0000}, {uplift.High:0.0000}]; a second of scoring gained {Gain(seen.ScoringGain)}, a second of further steps {Gain(seen.TrainingGain)})");

    private static string Gain(double gain) => double.IsFinite(gain) ? gain.ToString("+0.00000;-0.00000", CultureInfo.InvariantCulture) : "nothing that could be told";
}
