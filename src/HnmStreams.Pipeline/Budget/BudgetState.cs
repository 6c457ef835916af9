using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Baselines;

namespace HnmStreams.Pipeline.Budget;

/// <summary>All that the controller remembers from one comparison to the next.</summary>
/// <param name="Candidates">Examples scored for each row trained on; 0 is random negatives only.</param>
/// <param name="Seen">Comparisons since that was changed.</param>
/// <param name="Rest">Comparisons that it stays at 0 the next time; doubles with each time.</param>
/// <param name="AtChange">How far ahead of random at equal compute the learner was then.</param>
internal readonly record struct BudgetState(double Candidates, int Seen, int Rest, double AtChange)
{
    public const int FirstRest = 4;

    public static BudgetState At(MiningBudgetOptions options) => new(options.StartCandidates, 0, FirstRest, 0);
}

/// <summary>What the controller sees at one comparison.</summary>
/// <param name="AgainstEqualCompute">Mined less random at equal compute: above 0 where a second of scoring gains more than a second of further steps.</param>
/// <param name="ScoringGain">What the metric gained by mining, a second of scoring; NaN where nothing was scored.</param>
/// <param name="TrainingGain">What it gained by further steps, a second of them; NaN where there were none.</param>
internal readonly record struct BudgetObservation(
    Uplift? AgainstEqualCompute, double ScoringGain, double TrainingGain, bool MiningAllowed)
{
    public static BudgetObservation Of(BaselineReport report, bool miningAllowed)
    {
        var further = report.RandomEqualCompute.TrainingSeconds - report.Random.TrainingSeconds;
        var random = report.Random.HeldOut.GetValueOrDefault(report.Metric, double.NaN);
        var equal = report.RandomEqualCompute.HeldOut.GetValueOrDefault(report.Metric, double.NaN);
        return new BudgetObservation(
            report.AgainstEqualCompute,
            report.Mined.ScoringSeconds > 0 && report.AgainstRandom is { } uplift ? uplift.Mean / report.Mined.ScoringSeconds : double.NaN,
            further > 0 ? (equal - random) / further : double.NaN,
            miningAllowed);
    }
}
