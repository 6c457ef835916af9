using System.Globalization;
using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Pipeline.Budget;

/// <summary>
/// The rule of the budget controller. The budget is a number of candidates per trained row. It grows while a second of scoring gains
/// more than a second of extra steps on random negatives, and shrinks while it gains less.
/// </summary>
/// <remarks>
/// <para>
/// The baseline at equal compute has had the same seconds, so the sign of the paired difference decides, if its confidence
/// interval excludes 0. If it does not, the trend of the difference since the last change leads back to the start value.
/// </para>
/// <para>
/// At 0 candidates all negatives are random, which is never worse. From there the minimum is tried again, after pauses that double.
/// </para>
/// <para>Pure; O(1). Sources for few candidates beside random negatives: arXiv 1803.00942, 2303.04947.</para>
/// </remarks>
internal static class BudgetRule
{
    /// <summary>The number of comparisons that a change is given to take effect.</summary>
    public const int ComparisonsPerChange = 3;

    private const int MaxPause = 256;

    /// <returns>The new state, and one sentence with the figures that decided.</returns>
    public static (BudgetState State, string Reason) Decide(BudgetState now, in BudgetObservation seen, MiningBudgetOptions options)
    {
        if (!seen.MiningAllowed)
            return (now, "The model does not beat chance yet.");
        if (seen.AgainstEqualCompute is not { } uplift)
            return (now, "Not enough data yet: there are too few held-out examples of each class.");
        var figures = Figures(uplift, seen);
        var next = now with { Comparisons = now.Comparisons + 1 };
        // A difference from before the last change is not due to the present budget.
        var gains = uplift.Mean > now.UpliftAtChange;
        if (now.Candidates <= 0)
        {
            return next.Comparisons < next.PauseLength
                ? (next, $"{Standing(uplift)} random at equal compute {figures}: nothing is scored for {next.PauseLength - next.Comparisons} more comparisons.")
                : Change(next with { PauseLength = Math.Min(2 * next.PauseLength, MaxPause) }, options.MinCandidates, $"{Standing(uplift)} random at equal compute {figures}: the minimum is tried again.");
        }

        if (next.Comparisons < ComparisonsPerChange)
            return (next, $"{Standing(uplift)} random at equal compute {figures}: the last change has not taken full effect yet.");
        if (uplift.High < 0 && !gains)
            return Change(next, now.Candidates / 2 >= options.MinCandidates ? now.Candidates / 2 : 0, $"Behind random at equal compute {figures} and not catching up: less is scored.");
        if (uplift.Low > 0)
        {
            next = next with { PauseLength = BudgetState.FirstPause };
            return now.Candidates < options.MaxCandidates
                ? Change(next, Math.Min(2 * now.Candidates, options.MaxCandidates), $"Ahead of random at equal compute {figures}: more is scored.")
                : (next, $"Ahead of random at equal compute {figures}: the budget is at its maximum (maxCandidates).");
        }

        if (uplift.High >= 0 && uplift.High < options.WorthwhileGain)
        {
            return now.Candidates > options.MinCandidates
                ? Change(next, Math.Max(now.Candidates / 2, options.MinCandidates), $"The lead over random at equal compute is below worthwhileGain {figures}: less is scored.")
                : (next, $"The lead over random at equal compute is below worthwhileGain {figures}: the minimum is scored.");
        }

        return gains && now.Candidates < options.StartCandidates
            ? Change(next, Math.Min(2 * now.Candidates, options.StartCandidates), $"{Standing(uplift)} random at equal compute and catching up {figures}: more is scored.")
            : (next, $"{Standing(uplift)} random at equal compute {figures}: no change.");

        (BudgetState State, string Reason) Change(BudgetState state, double candidates, string reason) =>
            (state with { Candidates = candidates, Comparisons = 0, UpliftAtChange = uplift.Mean }, reason);
    }

    private static string Standing(Uplift uplift) => uplift.Low > 0 ? "Ahead of" : uplift.High < 0 ? "Behind" : "No significant difference from";

    private static string Figures(Uplift uplift, in BudgetObservation seen) => string.Create(
        CultureInfo.InvariantCulture,
        $"({uplift.Mean:+0.0000;-0.0000} [{uplift.Low:0.0000}, {uplift.High:0.0000}]; a second of scoring gained {Gain(seen.ScoringGain)}, a second of extra steps {Gain(seen.TrainingGain)})");

    private static string Gain(double gain) => double.IsFinite(gain) ? gain.ToString("+0.00000;-0.00000", CultureInfo.InvariantCulture) : "an unknown amount";
}
