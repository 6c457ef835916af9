using HnmStreams.Pipeline.Flow.Promotion;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Budget;

/// <summary>Reduces or restores mining after each evaluated version, and logs the changes. <see cref="OverfittingRule"/> decides.</summary>
/// <param name="budget">The budget, restored from a checkpoint if there is one. A reduction in it counts as the first decision.</param>
/// <remarks>One thread; <see cref="Last"/> may be read from any thread.</remarks>
internal sealed partial class OverfittingGuard(MiningBudget budget, OverfittingGuardOptions options, TimeProvider time, ILogger logger)
{
    private OverfittingGuardDecision? _last = budget.OverfittingGuard.BackoffLevel is > 0 and var steps
        ? new OverfittingGuardDecision(steps, budget.HardShare, budget.MaxUses, "Restored from the checkpoint.", time.GetUtcNow())
        : null;

    /// <summary>The newest change; null if mining was never reduced.</summary>
    public OverfittingGuardDecision? Last => Volatile.Read(ref _last);

    /// <summary>Adjusts mining after an evaluated version.</summary>
    public void Adjust(PromotionDecision decision, PromotionVerdict verdict)
    {
        if (!options.Enabled)
            return;
        var before = budget.OverfittingGuard.BackoffLevel;
        var state = OverfittingRule.Decide(budget.OverfittingGuard, verdict, options.BackoffLevels);
        budget.Set(state);
        if (state.BackoffLevel == before)
            return;
        var reason = $"Version {decision.Version}: {decision.Reason}.";
        Volatile.Write(ref _last, new OverfittingGuardDecision(state.BackoffLevel, budget.HardShare, budget.MaxUses, reason, decision.At));
        if (state.BackoffLevel > before)
            LogReduced(state.BackoffLevel, options.BackoffLevels, budget.HardShare, budget.MaxUses, reason);
        else
            LogRestored(state.BackoffLevel, options.BackoffLevels, budget.HardShare, budget.MaxUses, reason);
    }

    [LoggerMessage(EventId = 341, Level = LogLevel.Warning, Message = "The model overfits: mining backs off to level {Backoff} of {Levels} (hard share {HardShare:0.###}, uses {Uses}). {Reason}")]
    private partial void LogReduced(int backoff, int levels, double hardShare, int uses, string reason);

    [LoggerMessage(EventId = 342, Level = LogLevel.Information, Message = "Mining recovers to back-off level {Backoff} of {Levels} (hard share {HardShare:0.###}, uses {Uses}). {Reason}")]
    private partial void LogRestored(int backoff, int levels, double hardShare, int uses, string reason);
}
