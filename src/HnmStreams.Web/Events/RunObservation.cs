using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Web.Events;

/// <summary>The parts of a run's state whose changes are events.</summary>
/// <param name="Decisions">The promotion decisions, newest first.</param>
/// <param name="Verdict">The conclusion about the run.</param>
/// <param name="CheckpointFailures">The number of failed attempts of this learner.</param>
/// <param name="StuckPartitions">The partitions whose next batch cannot be read.</param>
/// <param name="StreamChanges">The number of known changes of the stream so far.</param>
internal sealed record RunObservation(
    IReadOnlyList<PromotionDecision> Decisions,
    BudgetDecision? Budget,
    OverfittingGuardDecision? OverfittingGuard,
    RunVerdict Verdict,
    long CheckpointFailures,
    string? CheckpointFailure,
    DateTimeOffset? UnreachableSince,
    IReadOnlyList<int> StuckPartitions,
    long StreamChanges = 0)
{
    public static RunObservation Of(RunSnapshot snapshot, RegistryStatus registry, IReadOnlyList<RunPoint> history) => new(
        registry.Decisions,
        snapshot.Learner?.MiningBudget,
        snapshot.Learner?.OverfittingGuard,
        RunVerdict.Of(snapshot, history),
        snapshot.Learner?.Checkpoint.Failures ?? 0,
        snapshot.Learner?.Checkpoint.LastFailure,
        snapshot.Consumer?.UnreachableSince,
        [.. (snapshot.Consumer?.Stuck ?? []).Select(s => s.Partition)],
        snapshot.Description?.Changes?.CountAmong(snapshot.Learner?.Ranking.Stream.Consumed ?? 0) ?? 0);
}
