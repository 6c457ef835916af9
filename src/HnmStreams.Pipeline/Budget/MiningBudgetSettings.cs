using HnmStreams.Mining.Composition;
using HnmStreams.Mining.RateLimiting;

namespace HnmStreams.Pipeline.Budget;

/// <summary>The settings of other parts that the mining budget depends on.</summary>
/// <param name="ScoredShare">The share of the arrivals to score as the user has set it, 0 to 1; null if it is not set.</param>
/// <param name="MaxUses">The number of times that a candidate is drawn before it leaves the pool; 0 is unlimited.</param>
/// <param name="HasBaselines">True in live mode with baselines. The controller needs both.</param>
internal sealed record MiningBudgetSettings(
    double? ScoredShare,
    MixOptions Mix,
    StepLimiterOptions Limiter,
    int MaxUses,
    bool HasBaselines,
    MiningBudgetOptions Controller,
    OverfittingGuardOptions OverfittingGuard);
