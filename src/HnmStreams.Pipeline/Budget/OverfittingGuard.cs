using HnmStreams.Pipeline.Flow;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Budget;

/// <summary>Turns the budget as versions turn out better or worse than the best, and says so.</summary>
/// <param name="budget">As a checkpoint has it, where there is one: what stands there is told as the first decision.</param>
/// <remarks>One thread; <see cref="Last"/> from any.</remarks>
internal sealed partial class OverfittingGuard(MiningBudget budget, OverfittingGuardOptions options, TimeProvider time, ILogger logger)
{
    private OverfittingGuardDecision? _last = budget.OverfittingGuard.Eased is > 0 and var eased
        ? new OverfittingGuardDecision(eased, budget.HardShare, budget.MaximumUses, "It was so when the checkpoint was made.", time.GetUtcNow())
        : null;

    /// <summary>The newest change; null where there was none, and mining is as it is set.</summary>
    public OverfittingGuardDecision? Last => Volatile.Read(ref _last);

    public void Take(PromotionDecision decision, PromotionVerdict verdict)
    {
        if (!options.Enabled)
            return;
        var before = budget.OverfittingGuard.Eased;
        var state = OverfittingRule.Decide(budget.OverfittingGuard, verdict, options.Steps);
        budget.Ease(state);
        var eased = state.Eased;
        if (eased == before)
            return;
        var reason = $"Version {decision.Version}: {decision.Reason}.";
        Volatile.Write(ref _last, new OverfittingGuardDecision(eased, budget.HardShare, budget.MaximumUses, reason, decision.At));
        if (eased > before)
            LogEased(eased, options.Steps, budget.HardShare, budget.MaximumUses, reason);
        else
            LogResumed(eased, options.Steps, budget.HardShare, budget.MaximumUses, reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model is past its best: mining is eased off to step {Eased} of {Steps} (hard share {HardShare:0.###}, uses {Uses}). {Reason}")]
    private partial void LogEased(int eased, int steps, double hardShare, int uses, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The model is not past its best any more: mining is back at step {Eased} of {Steps} (hard share {HardShare:0.###}, uses {Uses}). {Reason}")]
    private partial void LogResumed(int eased, int steps, double hardShare, int uses, string reason);
}
