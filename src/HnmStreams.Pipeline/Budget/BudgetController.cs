using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Budget;

/// <summary>Adjusts the mining budget after each comparison with the baselines, and logs the changes. <see cref="BudgetRule"/> decides.</summary>
/// <remarks>One thread; <see cref="Last"/> may be read from any.</remarks>
internal sealed partial class BudgetController(MiningBudget budget, MiningBudgetOptions options, TimeProvider time, ILogger logger)
{
    private (long Arrived, long Trained) _previous;
    private double _trainedPerArrival = double.NaN;
    private BudgetDecision? _last;

    /// <summary>The newest decision; null before the first, or if there is no controller.</summary>
    public BudgetDecision? Last => Volatile.Read(ref _last);

    /// <summary>Adjusts the budget after a comparison.</summary>
    /// <param name="trained">Rows that the learner has trained on so far.</param>
    /// <param name="arrived">Examples so far, without those held out.</param>
    public void Adjust(in BudgetObservation observation, long trained, long arrived)
    {
        if (!budget.IsControlled)
            return;
        if (arrived > _previous.Arrived && trained > _previous.Trained)
            _trainedPerArrival = (double)(trained - _previous.Trained) / (arrived - _previous.Arrived);
        _previous = (arrived, trained);
        if (double.IsNaN(_trainedPerArrival))
            return;
        var before = budget.State.Candidates;
        var (state, reason) = BudgetRule.Decide(budget.State, observation, options);
        budget.Set(state, _trainedPerArrival);
        Volatile.Write(ref _last, new BudgetDecision(
            budget.ScoredShare,
            budget.HardShare,
            budget.ScoredShare / _trainedPerArrival,
            budget.ScoredShareIsFixed,
            budget.HardShareIsFixed,
            reason,
            time.GetUtcNow()));
        if (state.Candidates != before)
            LogChanged(before, state.Candidates, budget.ScoredShare, budget.HardShare, reason);
    }

    [LoggerMessage(EventId = 340, Level = LogLevel.Information, Message = "The mining budget changed from {Before} to {Candidates} candidates per trained row (scored share {Share:0.####}, hard share {HardShare:0.##}). {Reason}")]
    private partial void LogChanged(double before, double candidates, double share, double hardShare, string reason);
}
