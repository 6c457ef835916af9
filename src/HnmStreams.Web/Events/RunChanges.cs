using System.Globalization;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Events;

/// <summary>A change of the run's state.</summary>
internal sealed record RunChange(RunEventKind Kind, string Text, long? ModelVersion = null);

/// <summary>The changes between two observations of a run. Pure.</summary>
internal static class RunChanges
{
    private const double NotableFactor = 2;
    private const double NotableHardShare = 0.1;

    /// <param name="before">The earlier observation, with the budget that was logged last.</param>
    public static IEnumerable<RunChange> Between(RunObservation before, RunObservation now)
    {
        var lastDecision = before.Decisions is [var newest, ..] ? newest.At : DateTimeOffset.MinValue;
        foreach (var decision in now.Decisions.Where(d => d.At > lastDecision && d.Promoted).Reverse())
            yield return new RunChange(RunEventKind.Promotion, $"Version {Numbers.Count(decision.Version)} is promoted, {MetricName.Short(decision.Metric)} {Numbers.Metric(decision.Value)}: {decision.Reason}.", decision.Version);
        if (IsNotable(before.Budget, now.Budget) && now.Budget is { } budget)
            yield return new RunChange(RunEventKind.Budget, $"The mining budget is {Percent(budget.ScoredShare)} of arrivals scored and {Percent(budget.HardShare)} of negatives from the pool. {budget.Reason}");
        if (now.OverfittingGuard is { } guard && guard.BackoffLevel != (before.OverfittingGuard?.BackoffLevel ?? 0))
            yield return new RunChange(RunEventKind.OverfittingGuard, Text(guard));
        if (now.CheckpointFailures > before.CheckpointFailures)
            yield return new RunChange(RunEventKind.Checkpoint, $"A checkpoint could not be saved: {now.CheckpointFailure}");
        if (now.StreamChanges > before.StreamChanges)
            yield return new RunChange(RunEventKind.DataChange, $"The stream has changed (change {Numbers.Count(now.StreamChanges)}): a new kind of look-alike appears and stays.");
        if (now.UnreachableSince is { } since && before.UnreachableSince is null)
            yield return new RunChange(RunEventKind.Broker, $"No broker has answered since {since.ToString("u", CultureInfo.InvariantCulture)}. The consumer keeps retrying.");
        if (now.UnreachableSince is null && before.UnreachableSince is not null)
            yield return new RunChange(RunEventKind.Broker, "A broker answers again.");
        foreach (var partition in now.StuckPartitions.Except(before.StuckPartitions))
            yield return new RunChange(RunEventKind.Broker, string.Create(CultureInfo.InvariantCulture, $"Partition {partition} does not advance, because its next batch cannot be read."));
    }

    /// <summary>Returns true if the budget differs enough from the one that was logged last. It changes with nearly every evaluation.</summary>
    public static bool IsNotable(BudgetDecision? logged, BudgetDecision? now)
    {
        if (now is null || logged is null)
            return now is not null;
        var (less, more) = logged.ScoredShare < now.ScoredShare ? (logged.ScoredShare, now.ScoredShare) : (now.ScoredShare, logged.ScoredShare);
        return more >= NotableFactor * less && more > 0 || Math.Abs(now.HardShare - logged.HardShare) >= NotableHardShare;
    }

    private static string Text(OverfittingGuardDecision guard) => guard.BackoffLevel == 0
        ? $"The overfitting guard no longer reduces mining. {guard.Reason}"
        : string.Create(CultureInfo.InvariantCulture, $"The overfitting guard backs off to level {guard.BackoffLevel}: {Percent(guard.HardShare)} of negatives come from the pool. {guard.Reason}");

    private static string Percent(double share) => share.ToString("0.# %", CultureInfo.InvariantCulture);
}
