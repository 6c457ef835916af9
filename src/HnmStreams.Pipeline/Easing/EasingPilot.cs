using HnmStreams.Pipeline.Control;
using HnmStreams.Pipeline.Publishing;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Easing;

/// <summary>Turns the dial as versions turn out better or worse than the best, and says so.</summary>
/// <remarks>One thread; <see cref="Last"/> from any.</remarks>
internal sealed partial class EasingPilot(MiningDial dial, EasingOptions options, ILogger logger)
{
    private EasingDecision? _last;

    /// <summary>The newest change; null before the first.</summary>
    public EasingDecision? Last => Volatile.Read(ref _last);

    public void Take(PromotionDecision decision, PromotionVerdict verdict)
    {
        if (!options.Enabled)
            return;
        var before = dial.Easing.Eased;
        var state = EasingRule.Decide(dial.Easing, verdict, options.Steps);
        dial.Ease(state);
        var eased = state.Eased;
        if (eased == before)
            return;
        var reason = $"Version {decision.Version}: {decision.Reason}.";
        Volatile.Write(ref _last, new EasingDecision(eased, dial.HardShare, dial.MaximumUses, reason, decision.At));
        if (eased > before)
            LogEased(eased, options.Steps, dial.HardShare, dial.MaximumUses, reason);
        else
            LogResumed(eased, options.Steps, dial.HardShare, dial.MaximumUses, reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model is past its best: mining is eased off to step {Eased} of {Steps} (hard share {HardShare:0.###}, uses {Uses}). {Reason}")]
    private partial void LogEased(int eased, int steps, double hardShare, int uses, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The model is not past its best any more: mining is back at step {Eased} of {Steps} (hard share {HardShare:0.###}, uses {Uses}). {Reason}")]
    private partial void LogResumed(int eased, int steps, double hardShare, int uses, string reason);
}
