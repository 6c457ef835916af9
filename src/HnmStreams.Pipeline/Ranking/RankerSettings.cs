using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.RateLimiting;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Sampling;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The settings that the ranker depends on.</summary>
/// <param name="Seed">The seed of all generators.</param>
/// <param name="IsExact">True in exact mode.</param>
/// <param name="HasBaselines">True if batches are drawn for the baselines too.</param>
/// <param name="BatchSize">The number of examples per mini-batch.</param>
/// <param name="HeldOutCapacity">The maximum number of held-out examples kept.</param>
/// <param name="PrequentialWindow">The number of scored examples that the prequential metrics cover.</param>
/// <param name="WeightsEvaluation">True if the producers' weights count in the evaluation.</param>
/// <param name="MaxScoreAge">The maximum age of a served prediction in model versions; 0 for no limit.</param>
/// <param name="RescoredShare">The share of the examples with an older prediction that is scored again.</param>
/// <param name="MaxPoolAge">The age of a candidate's score in model versions from which on it is scored again with spare capacity; 0 for never.</param>
internal sealed record RankerSettings(
    ulong Seed,
    bool IsExact,
    bool HasBaselines,
    int BatchSize,
    int HeldOutCapacity,
    int PrequentialWindow,
    bool WeightsEvaluation,
    PoolOptions Pool,
    RetentionOptions Retention,
    SamplingOptions Sampling,
    ReservoirOptions Reservoirs,
    MixOptions Mix,
    StepLimiterOptions Limiter,
    AuditOptions Audit,
    long MaxScoreAge = 0,
    long MaxPoolAge = 0,
    double RescoredShare = 1);
