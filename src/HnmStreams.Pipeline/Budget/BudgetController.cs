using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Budget;

/// <summary>Turns the budget as the controller decides at each comparison, and says so.</summary>
/// <remarks>One thread; <see cref="Last"/> from any.</remarks>
internal sealed partial class BudgetController(MiningBudget budget, MiningBudgetOptions options, TimeProvider time, ILogger logger)
{
    private (long Arrived, long Trained) _before;
    private double _trainedPerArrival = double.NaN;
    private BudgetDecision? _last;

    /// <summary>The newest decision; null before the first, and where nothing is decided.</summary>
    public BudgetDecision? Last => Volatile.Read(ref _last);

    /// <summary>Adjusts the budget after a comparison.</summary>
    /// <param name="trained">Rows that the learner has trained on so far.</param>
    /// <param name="arrived">Examples so far, without those held out.</param>
    public void Take(in BudgetObservation observation, long trained, long arrived)
    {
        if (!budget.IsControlled)
            return;
        if (arrived > _before.Arrived && trained > _before.Trained)
            _trainedPerArrival = (double)(trained - _before.Trained) / (arrived - _before.Arrived);
        _before = (arrived, trained);
        if (double.IsNaN(_trainedPerArrival))
            return;
        var was = budget.State.Candidates;
        var (state, reason) = BudgetRule.Decide(budget.State, observation, options);
        budget.Turn(state, _trainedPerArrival);
        Volatile.Write(ref _last, new BudgetDecision(
            budget.ScoredShare,
            budget.HardShare,
            budget.ScoredShare / _trainedPerArrival,
            budget.ScoredShareIsFixed,
            budget.HardShareIsFixed,
            reason,
            time.GetUtcNow()));
        if (state.Candidates != was)
            LogChanged(state.Candidates, was, budget.ScoredShare, budget.HardShare, reason);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Mining may cost {Candidates} candidates for each row trained on instead of {Before} (scored share {Share:0.####}, hard share {HardShare:0.##}): {Reason}")]
    private partial void LogChanged(double candidates, double before, double share, double hardShare, string reason);
}
