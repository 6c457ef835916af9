using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Pipeline.Budget;

/// <summary>The input of <see cref="BudgetRule"/>: one comparison of the learner with the baselines.</summary>
/// <param name="AgainstEqualCompute">The uplift over random negatives at equal compute. Above 0 if a second of scoring gains more than a second of extra steps; null if it is not defined yet.</param>
/// <param name="ScoringGain">The gain in the metric per second of scoring; NaN if nothing was scored.</param>
/// <param name="TrainingGain">The gain in the metric per second of extra training steps; NaN if there were none.</param>
/// <param name="MiningAllowed">True if the model ranks better than chance.</param>
internal readonly record struct BudgetObservation(
    Uplift? AgainstEqualCompute, double ScoringGain, double TrainingGain, bool MiningAllowed);
