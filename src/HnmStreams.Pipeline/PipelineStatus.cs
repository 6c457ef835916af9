using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Tuning;

namespace HnmStreams.Pipeline;

/// <summary>A snapshot of the learner: the newest status of each part. Immutable.</summary>
/// <param name="Ranking">The stream, the pool and the positions.</param>
/// <param name="Training">The steps and the weights.</param>
/// <param name="Scoring">The scorers.</param>
/// <param name="Evaluation">The newest evaluation.</param>
/// <param name="Checkpoint">The checkpoints.</param>
/// <param name="Baselines">The newest comparison with the baselines; null before the first, or if there are none.</param>
/// <param name="MiningBudget">The newest decision of the budget controller; null if none exists.</param>
/// <param name="OverfittingGuard">The reduction of mining by the overfitting guard; null if there never was one.</param>
/// <param name="Cluster">The score nodes; null if this process reads and scores by itself.</param>
public sealed record PipelineStatus(
    RankingStatus Ranking,
    TrainerStatus Training,
    ScoringStatus Scoring,
    EvaluationReport Evaluation,
    CheckpointStatus Checkpoint,
    BaselineReport? Baselines = null,
    BudgetDecision? MiningBudget = null,
    OverfittingGuardDecision? OverfittingGuard = null,
    ClusterStatus? Cluster = null)
{
    /// <summary>The challengers and the decisions about them; null if tuning is off.</summary>
    public TuningStatus? Tuning { get; init; }

    /// <summary>The number of examples per step as it follows from the measured costs; null if it is as set.</summary>
    public StepBalanceDecision? StepBalance { get; init; }
}
