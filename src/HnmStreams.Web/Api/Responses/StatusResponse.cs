using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Tuning;
using HnmStreams.Web.DeadLetters;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/status</c>. Undefined numbers are null.</summary>
/// <param name="WaitsFor">The reason why a run has no learner yet (its broker, its topic, or another process that holds the lease), or why records wait to be decoded (the schema registry).</param>
/// <param name="Paused">True after <c>POST /api/pause</c>.</param>
/// <param name="Verdict">The conclusion about the run.</param>
/// <param name="Rejections">The reasons for which records were rejected, the most frequent first, with the id of one record each.</param>
internal sealed record StatusResponse(
    string Phase,
    string? WaitsFor,
    bool Paused,
    double Seconds,
    double ExamplesPerSecond,
    RunVerdict Verdict,
    IReadOnlyList<RejectionReason> Rejections,
    StreamResponse? Stream,
    LearnerResponse? Learner)
{
    public static StatusResponse Of(RunSnapshot snapshot, IReadOnlyList<RunPoint> history) => new(
        snapshot.Phase.ToString().ToLowerInvariant(),
        snapshot.WaitsFor,
        snapshot.Paused,
        snapshot.Elapsed.TotalSeconds,
        snapshot.ExamplesPerSecond,
        RunVerdict.Of(snapshot, history),
        snapshot.Rejections,
        StreamResponse.Of(snapshot),
        LearnerResponse.Of(snapshot));
}

/// <summary>The consumer in <c>GET /api/status</c>.</summary>
/// <param name="Feed">Description of the built-in producer's data; null if none exists.</param>
/// <param name="Lag">Records between the positions and the ends of the partitions.</param>
/// <param name="Paused">True if the learner does not accept records for now.</param>
/// <param name="OffsetGaps">Offsets that were skipped, for example by compaction.</param>
/// <param name="UnreachableSince">The time since which no broker has answered; null if one answers.</param>
/// <param name="Unreadable">The number of offsets that were skipped because their batches could not be read.</param>
/// <param name="Stuck">The partitions whose next batch cannot be read so far.</param>
internal sealed record StreamResponse(
    string Bootstrap,
    bool Embedded,
    string Topic,
    string? Feed,
    long Records,
    long Bytes,
    long Lag,
    bool Paused,
    long OffsetGaps,
    long Unreadable,
    IReadOnlyList<StuckPartition> Stuck,
    DateTimeOffset? UnreachableSince,
    string? LastError,
    IReadOnlyList<PartitionResponse> Partitions)
{
    public static StreamResponse? Of(RunSnapshot snapshot) =>
        snapshot is { Description: { } description, Consumer: { } consumer } ? Of(description.Bootstrap, description.Embedded, description.Topic, description.Feed, consumer) : null;

    public static StreamResponse Of(string bootstrap, bool embedded, string topic, string? feed, ConsumerStatus consumer) => new(
        bootstrap,
        embedded,
        topic,
        feed,
        consumer.Records,
        consumer.Bytes,
        consumer.Lag,
        consumer.Paused,
        consumer.OffsetGaps,
        consumer.Unreadable,
        consumer.Stuck,
        consumer.UnreachableSince,
        consumer.LastError is { } error ? $"{error.Code}: {error.Text}" : null,
        [.. consumer.Partitions.Select(p => new PartitionResponse(p.Partition, p.NextOffset, p.EndOffset, p.Lag))]);
}

internal sealed record PartitionResponse(int Partition, long? NextOffset, long? EndOffset, long? Lag);

/// <summary>The learner in <c>GET /api/status</c>: the statuses of its parts.</summary>
/// <param name="Checkpoint">Null before the first attempt to save a checkpoint.</param>
/// <param name="Baselines">Null before the first comparison, or if there are no baselines.</param>
/// <param name="MiningBudget">Null if the budget controller is off.</param>
/// <param name="OverfittingGuard">Null if mining was never reduced.</param>
/// <param name="Tuning">Null if tuning is off.</param>
/// <param name="StepBalance">Null if the number of examples per step is as set.</param>
/// <param name="Cluster">The score nodes; null if this process reads and scores by itself.</param>
internal sealed record LearnerResponse(
    string Task,
    RankingStatus Ranking,
    TrainerStatus Training,
    ScoringStatus Scoring,
    RunEvaluation Evaluation,
    CheckpointStatus? Checkpoint,
    BaselinesResponse? Baselines,
    BudgetDecision? MiningBudget,
    OverfittingGuardDecision? OverfittingGuard,
    TuningStatus? Tuning,
    StepBalanceDecision? StepBalance,
    ClusterStatus? Cluster)
{
    public static LearnerResponse? Of(RunSnapshot snapshot) =>
        snapshot is not { Description: { } description, Learner: { } learner }
            ? null
            : new LearnerResponse(
                description.Task,
                learner.Ranking,
                learner.Training,
                learner.Scoring,
                RunEvaluation.Of(learner.Evaluation),
                learner.Checkpoint.Id is null && learner.Checkpoint.Failures == 0 ? null : learner.Checkpoint,
                BaselinesResponse.Of(learner.Baselines),
                learner.MiningBudget,
                learner.OverfittingGuard,
                learner.Tuning,
                learner.StepBalance,
                learner.Cluster);
}
