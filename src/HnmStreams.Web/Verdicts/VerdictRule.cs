using System.Globalization;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Recovery;

namespace HnmStreams.Web.Verdicts;

/// <summary>The rule that turns the figures of a run into one conclusion. Pure.</summary>
internal static class VerdictRule
{
    /// <summary>Steps before a comparison counts. Before that, both learners are close to their common initial weights.</summary>
    public const long MinComparedSteps = 100;

    /// <summary>Steps before a model at the base rate counts as not learning.</summary>
    public const long MinLearningSteps = 300;

    /// <summary>Consumed examples before a missing hold-out counts as a setting rather than chance.</summary>
    public const long MinConsumed = 1_000;

    // The part of the way from the base rate to 1 that counts as learning.
    private const double MinLift = 0.05;

    // A saving of steps is a conclusion only if several comparisons on the way were significant, not one of many by chance.
    private const int MinSignificantComparisons = 3;
    private const double MinSavedShare = 0.05;

    // An interval over two changes is too wide to be useful, and depends on the assumed distribution.
    private const int MinChanges = 3;
    private const string ScoreFewer = "Lower pipeline.scoring.share to score fewer arrivals.";

    public static RunVerdict Decide(VerdictEvidence evidence)
    {
        var (kind, sentence, action) = Conclude(evidence);
        var evaluated = evidence.EvaluatedVersion > 0 && evidence.Value is not null;
        return new RunVerdict(
            kind,
            sentence,
            action,
            evidence.Metric,
            evidence.Value,
            evidence.BaseRate,
            evaluated ? evidence.EvaluatedVersion : null,
            evaluated ? Math.Max(0, evidence.ModelVersion - evidence.EvaluatedVersion) : null,
            evaluated ? evidence.EvaluationAge : null);
    }

    private static (VerdictKind Kind, string Sentence, string? Action) Conclude(VerdictEvidence e)
    {
        if (e.Phase == RunPhase.Failed)
            return (VerdictKind.Failed, "The run has failed.", "Read the last error in the log. The run continues from its newest checkpoint after a restart.");
        if (e.Metric is null)
            return (VerdictKind.Waiting, e.WaitsFor is { } reason ? $"The run waits: {reason}" : "The run is starting.", null);
        if (e is { Steps: 0, RefusedSteps: > 0 })
            return NotLearning($"all {Numbers.Count(e.RefusedSteps)} training steps were refused because the loss is not finite", "Check the inputs for extreme values and lower pipeline.training.learningRate.");
        if (e.HeldOut == 0 && e.Consumed >= MinConsumed)
            return NothingHeldOut(e);
        if (e.Value is not { } value)
            return (VerdictKind.NotEnoughData, $"Not enough data yet: {e.Metric} is undefined on {Numbers.Count(e.HeldOut)} held-out examples.", null);
        if (e.Steps >= MinLearningSteps && AtChance(e, value))
            return NotLearning(AtChanceText(e, value), "Check that labels match their inputs, that the inputs are scaled, and pipeline.training.learningRate.");
        if (e.Recovery is { Changes: >= MinChanges } recovery && Recovered(e.Metric, recovery) is { } conclusion)
            return conclusion;
        return e.Comparison is { } comparison ? Compare(e, comparison, value) : WithoutComparison(e, value);
    }

    private static (VerdictKind, string, string?) NotLearning(string text, string action) => (VerdictKind.NotLearning, $"The model is not learning: {text}.", action);

    private static (VerdictKind, string, string?) NothingHeldOut(VerdictEvidence e) => (
        VerdictKind.NothingHeldOut,
        $"The model cannot be evaluated: none of {Numbers.Count(e.Consumed)} examples is held out.",
        "Set pipeline.evaluation.heldOutShare above 0, or increase it if the stream is short.");

    private static bool AtChance(VerdictEvidence e, double value) => e.BaseRate is { } baseRate and < 1
        ? (value - baseRate) / (1 - baseRate) < MinLift && value < 2 * baseRate
        : !e.BeatsChance;

    private static string AtChanceText(VerdictEvidence e, double value)
    {
        var text = e.BaseRate is { } baseRate
            ? $"{e.Metric} {Short(value)} is at the base rate {Short(baseRate)}"
            : $"{e.Metric} {Short(value)} is not better than chance";
        return $"{text} after {Numbers.Count(e.Steps)} steps. Likely causes are wrong labels, inputs without information, or an unsuitable learning rate";
    }

    private static (VerdictKind, string, string?) WithoutComparison(VerdictEvidence e, double value) => e.BaselinesEnabled
        ? (VerdictKind.NotEnoughData, $"Not enough data yet: {Level(e, value)}. The baselines have not been compared.", null)
        : (VerdictKind.Learning, $"The model is learning: {Level(e, value)}. The gain from mining is not measured.", "Run with --baselines to compare mining with random negatives.");

    private static (VerdictKind, string, string?) Compare(VerdictEvidence e, VerdictComparison comparison, double value)
    {
        if (comparison.AgainstRandom is not { } uplift || e.ComparedSteps < MinComparedSteps || Numbers.IsIdentical(uplift))
            return (VerdictKind.NotEnoughData, $"Not enough data yet: {Level(e, value)}. The comparison with random negatives starts at {MinComparedSteps} steps.", null);
        var mined = Short(comparison.Mined ?? value);
        var random = comparison.Random is { } other ? Short(other) : Numbers.None;
        if (uplift.High < 0)
        {
            return (
                VerdictKind.MiningHurts,
                $"Mining does not pay: {e.Metric} {mined} is {Short(-uplift.Mean)} below random negatives.",
                "Check the suspected label errors: wrong labels are the hardest negatives. Or lower pipeline.mix.hardShare.");
        }

        var saving = e.StepsSaved is { SavedShare: >= MinSavedShare, SignificantComparisons: >= MinSignificantComparisons } steps ? steps : null;
        if (saving is not null)
            return Pays(comparison, $"{e.Metric} {Short(saving.Level)} after {Percent(saving.SavedShare)} fewer steps than random negatives", saving.ComputeSavedByRandom);
        if (uplift.Low > 0)
            return Pays(comparison, $"{e.Metric} {mined} is {Short(uplift.Mean)} above random negatives at equal steps");
        return (VerdictKind.NoDifference, $"No significant difference yet: {e.Metric} {mined} with mining and {random} with random negatives.", "Let the run continue: the interval narrows with more held-out examples.");
    }

    // computeSavedByRandom: the share of compute that random negatives needed less for the same level, if the text is about a level.
    private static (VerdictKind, string, string?) Pays(VerdictComparison comparison, string text, double? computeSavedByRandom = null) => comparison.AgainstEqualCompute is { High: < 0 } behind
        ? (VerdictKind.MiningPaysPerStep, $"Mining pays per step: {text}. At equal compute it is {Short(-behind.Mean)} below them.", ScoreFewer)
        : computeSavedByRandom is >= MinSavedShare and var saved
        ? (VerdictKind.MiningPaysPerStep, $"Mining pays per step: {text}. With more steps instead of scoring, random negatives reached it with {Percent(saved)} less compute.", ScoreFewer)
        : (VerdictKind.MiningPays, $"Mining pays: {text}.", "Use the promoted model, and review the hardest negatives.");

    /// <summary>Concludes from the times to recover from changes of the stream. At saturation the metrics are equal, and only these times differ.</summary>
    /// <returns>The conclusion, or null if the times do not differ significantly.</returns>
    private static (VerdictKind, string, string?)? Recovered(string metric, RecoverySummary recovery)
    {
        var (ratio, equal) = (recovery.AgainstRandom, recovery.AgainstEqualCompute);
        var times = $"after a change of the stream {metric} {Back(recovery.Mined)} with mining, and {Back(recovery.Random)} with random negatives at equal steps (medians of {recovery.Changes} changes; {Ratio(ratio)})";
        if (ratio.High < 1)
            return (VerdictKind.MiningHurts, $"Mining does not pay: {times}.", "Check the suspected label errors: wrong labels are the hardest negatives. Or lower pipeline.mix.hardShare.");
        if (ratio.Low <= 1)
            return null;
        return equal.High < 1
            ? (VerdictKind.MiningPaysPerStep, $"Mining pays per step: {times}. At equal compute it {Back(recovery.RandomEqualCompute)} with random negatives.", ScoreFewer)
            : (VerdictKind.MiningPays, $"Mining pays: {times}. At equal compute random negatives need {Ratio(equal)}.", "Use the promoted model, and review the hardest negatives.");
    }

    private static string Back(LearnerRecoveries learner) => learner.MedianSeconds == 0
        ? "stays at its level"
        : string.Create(CultureInfo.InvariantCulture, $"is back after {learner.MedianSeconds:0.0} s") + (learner.NotRecovered > 0 ? $" or more ({learner.NotRecovered} not in time)" : "");

    // No time below that of the first evaluation can be measured, so learners that are both faster are equal.
    private static string Ratio(RecoveryRatio ratio) => ratio is { Mean: 1, Low: 1, High: 1 }
        ? "the same time, as far as it can be measured"
        : string.Create(CultureInfo.InvariantCulture, $"{ratio.Mean:0.0} times the time, 95 % interval {ratio.Low:0.0} to {ratio.High:0.0}");

    private static string Level(VerdictEvidence e, double value) =>
        $"{e.Metric} is {Short(value)}" + (e.BaseRate is { } baseRate ? $" (base rate {Short(baseRate)})" : "") + $" after {Numbers.Count(e.Steps)} steps";

    private static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);

    // Two digits, or two significant digits below 0.1: a base rate may be 0.012.
    private static string Short(double value) => value.ToString(Math.Abs(value) is > 0 and < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);
}
