using System.ComponentModel.DataAnnotations;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.RateLimiting;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Sampling;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Pipeline;

/// <summary>Everything that shapes one learner. Each part's defaults stand with the part.</summary>
public sealed class PipelineOptions
{
    /// <summary>Where tensors live: <c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:0</c>, …</summary>
    [Required]
    public string Device { get; set; } = "auto";

    /// <summary>Seed of every generator and of the initial weights.</summary>
    public ulong Seed { get; set; } = 1;

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
}
