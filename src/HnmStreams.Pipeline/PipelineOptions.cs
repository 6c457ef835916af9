using System.ComponentModel.DataAnnotations;
using System.Globalization;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.RateLimiting;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Sampling;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Tuning;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Pipeline;

/// <summary>The options of one learner. The defaults are declared with each part.</summary>
public sealed class PipelineOptions : IValidatableObject
{
    /// <summary>The device of the tensors: <c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:0</c>, …</summary>
    [Required]
    public string Device { get; set; } = "auto";

    /// <summary>The seed of all generators and of the initial weights.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>
    /// <c>live</c> runs as fast as the data arrive. <c>exact</c> (CPU, one partition) makes everything a function of the batch
    /// number, so that the same input and seed give the same weights, bit for bit, even if the run is killed and resumed.
    /// </summary>
    [Required, AllowedValues("live", "exact")]
    public string Mode { get; set; } = "live";

    /// <summary>Exact mode: batch b is scored by the version that was published after batch b - 1 - Overlap. 0 scores and trains in turn, 1 at the same time.</summary>
    [Range(0, 1)]
    public int Overlap { get; set; } = 1;

    internal bool IsExact => string.Equals(Mode, "exact", StringComparison.Ordinal);

    /// <summary>The linger time of batches: in exact mode infinite, because the ends of batches depend on the records only.</summary>
    internal TimeSpan BatchLinger => IsExact ? Timeout.InfiniteTimeSpan : Batching.Linger;

    [Required]
    public ComputeOptions Compute { get; set; } = new();

    [Required]
    public BatchingOptions Batching { get; set; } = new();

    [Required]
    public ScoringOptions Scoring { get; set; } = new();

    [Required]
    public PoolOptions Pool { get; set; } = new();

    [Required]
    public RetentionOptions Retention { get; set; } = new();

    [Required]
    public SamplingOptions Sampling { get; set; } = new();

    [Required]
    public ReservoirOptions Reservoirs { get; set; } = new();

    [Required]
    public MixOptions Mix { get; set; } = new();

    [Required]
    public StepLimiterOptions Limiter { get; set; } = new();

    [Required]
    public TrainingOptions Training { get; set; } = new();

    [Required]
    public PublishingOptions Publishing { get; set; } = new();

    [Required]
    public EvaluationOptions Evaluation { get; set; } = new();

    [Required]
    public OverfittingGuardOptions OverfittingGuard { get; set; } = new();

    [Required]
    public BaselineOptions Baselines { get; set; } = new();

    [Required]
    public MiningBudgetOptions MiningBudget { get; set; } = new();

    [Required]
    public TuningOptions Tuning { get; set; } = new();

    [Required]
    public CheckpointingOptions Checkpointing { get; set; } = new();

    [Required]
    public SupervisionOptions Supervision { get; set; } = new();

    [Required]
    public AuditOptions Audit { get; set; } = new();

    /// <summary>True if the number of examples per step follows from the measured costs.</summary>
    internal bool BalancesSteps => MiningBudget.BalanceSteps && !IsExact;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsExact && Tuning.IsEnabled)
            yield return new ValidationResult($"must be 'live' if 'pipeline.tuning.computeShare' is above 0 ({Tuning.ComputeShare.ToString(CultureInfo.InvariantCulture)}), because challengers are promoted by the clock; set 'pipeline.tuning.computeShare' to 0", [nameof(Mode)]);
    }

    /// <summary>Returns what the mining budget depends on.</summary>
    internal MiningBudgetSettings ToBudgetSettings() =>
        new(Scoring.Share, Mix, Limiter, Pool.MaxUses, Baselines.Enabled && !IsExact, MiningBudget, OverfittingGuard);

    /// <summary>Returns what the ranker depends on.</summary>
    internal RankerSettings ToRankerSettings() => new(
        Seed,
        IsExact,
        Baselines.Enabled,
        Batching.Size,
        Evaluation.HeldOutCapacity,
        Evaluation.PrequentialWindow,
        Evaluation.Weighted,
        Pool,
        Retention,
        Sampling,
        Reservoirs,
        Mix,
        Limiter,
        Audit,
        Scoring.MaxScoreAge,
        IsExact ? 0 : Scoring.MaxPoolAge,
        Scoring.RescoredShare);
}
