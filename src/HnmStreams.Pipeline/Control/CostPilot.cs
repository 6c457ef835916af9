using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Control;

/// <summary>Turns the dial as the controller decides at each comparison, and says so.</summary>
/// <remarks>One thread; <see cref="Last"/> from any.</remarks>
internal sealed partial class CostPilot(MiningDial dial, CostOptions options, TimeProvider time, ILogger logger)
{
    private (long Arrived, long Trained) _before;
    private double _trainedPerArrival = double.NaN;
    private CostDecision? _last;

    /// <summary>The newest decision; null before the first, and where nothing is decided.</summary>
    public CostDecision? Last => Volatile.Read(ref _last);

    /// <param name="arrived">Examples so far, without those held out.</param>
    public void Take(ControlReport report, bool miningAllowed, long arrived)
    {
        if (!dial.IsControlled)
            return;
        var trained = report.Mined.Backpropagated;
        if (arrived > _before.Arrived && trained > _before.Trained)
            _trainedPerArrival = (double)(trained - _before.Trained) / (arrived - _before.Arrived);
        _before = (arrived, trained);
        if (double.IsNaN(_trainedPerArrival))
            return;
        var was = dial.State.Candidates;
        var (state, reason) = CostController.Decide(dial.State, CostObservation.Of(report, miningAllowed), options);
        dial.Turn(state, _trainedPerArrival);
        Volatile.Write(ref _last, new CostDecision(
            dial.ScoredShare,
            dial.HardShare,
            dial.ScoredShare / _trainedPerArrival,
            dial.ScoredShareIsFixed,
            dial.HardShareIsFixed,
            reason,
            time.GetUtcNow()));
        if (state.Candidates != was)
            LogChanged(state.Candidates, was, dial.ScoredShare, dial.HardShare, reason);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Mining may cost {Candidates} candidates for each row trained on instead of {Before} (scored share {Share:0.####}, hard share {HardShare:0.##}): {Reason}")]
    private partial void LogChanged(double candidates, double before, double share, double hardShare, string reason);
}
