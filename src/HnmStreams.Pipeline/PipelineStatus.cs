using HnmStreams.Data.Records;
using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;

namespace HnmStreams.Pipeline;

/// <summary>Where the learner stands: an immutable picture, put together from its parts' latest ones.</summary>
/// <param name="Consumed">Decodable examples taken into the state, held-out ones included.</param>
/// <param name="Scored">Examples that a scorer saw before they were trained on.</param>
/// <param name="TrainedRows">Rows in applied training steps.</param>
/// <param name="RefusedSteps">Steps refused because a loss or a gradient was NaN or infinite.</param>
/// <param name="DeadLettered">Records that could not become an example.</param>
/// <param name="FailedBatches">Batches that could not be scored, after the second try.</param>
/// <param name="Forgotten">Tombstones taken in.</param>
/// <param name="PoolThreshold">Hardness that an offer must exceed; negative infinity while there is room.</param>
/// <param name="Quarantined">Suspected wrong labels that are set aside.</param>
/// <param name="SkippedSteps">Steps that the stream allowed and a slow trainer could not take.</param>
/// <param name="Loss">Smoothed training loss; NaN before the first step.</param>
/// <param name="ScoringSeconds">Compute seconds, summed over scorers.</param>
/// <param name="Repeats">Records that came a second time and were dropped.</param>
/// <param name="PinnedBytes">Payload memory that a checkpoint still being written holds.</param>
/// <param name="MiningAllowed">False until the model beats chance: only random negatives are trained on.</param>
/// <param name="Baselines">The newest comparison with the baselines; null where they are off, and before the first.</param>
/// <param name="Index">How large and how old the index of embeddings is; null for tasks without groups.</param>
/// <param name="Cost">What the controller lets mining cost; null where it is off.</param>
/// <param name="OverfittingGuard">How far mining is eased off since the model is past its best; null while it never was.</param>
public sealed record PipelineStatus(
    long Consumed,
    long Scored,
    long TrainedRows,
    long Steps,
    long RefusedSteps,
    long SkippedSteps,
    long ModelVersion,
    long DeadLettered,
    long FailedBatches,
    long Forgotten,
    long HeldOut,
    int PoolCount,
    long PoolBytes,
    float PoolThreshold,
    float PoolHardest,
    int Quarantined,
    int PositivesKept,
    int NegativesKept,
    double Loss,
    double ScoringSeconds,
    double TrainingSeconds,
    bool MiningAllowed,
    MixPlan? LastMix,
    long Repeats,
    long PinnedBytes,
    EvaluationReport Evaluation,
    CheckpointStatus Checkpoint,
    IReadOnlyList<StreamPosition> Positions,
    BaselineReport? Baselines = null,
    BudgetDecision? Cost = null,
    IndexStatus? Index = null,
    OverfittingGuardDecision? OverfittingGuard = null)
{
    internal static PipelineStatus Of(RankingStatus ranking, TrainerStatus trainer, double scoringSeconds, EvaluationReport evaluation, CheckpointStatus checkpoint, BaselineReport? control, BudgetDecision? cost, OverfittingGuardDecision? easing) => new(
        ranking.Consumed,
        ranking.Scored,
        trainer.TrainedRows,
        trainer.Steps,
        trainer.RefusedSteps,
        ranking.SkippedSteps,
        trainer.ModelVersion,
        ranking.DeadLettered,
        ranking.FailedBatches,
        ranking.Forgotten,
        ranking.HeldOut,
        ranking.PoolCount,
        ranking.PoolBytes,
        ranking.PoolThreshold,
        ranking.PoolHardest,
        ranking.Quarantined,
        ranking.PositivesKept,
        ranking.NegativesKept,
        trainer.Loss,
        scoringSeconds,
        trainer.Seconds,
        ranking.MiningAllowed,
        ranking.LastMix,
        ranking.Repeats,
        ranking.PinnedBytes,
        evaluation,
        checkpoint,
        ranking.Positions,
        control,
        cost,
        ranking.Index,
        easing);
}
