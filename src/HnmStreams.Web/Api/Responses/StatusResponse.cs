using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Api.Responses;

/// <summary><c>GET /api/status</c>. A number that is not defined yet is null.</summary>
/// <param name="WaitsFor">What a run without a learner waits for: its broker, its topic, or the learner whose place it takes.</param>
/// <param name="Paused">By <c>POST /api/pause</c>.</param>
internal sealed record StatusResponse(
    string Phase,
    string? WaitsFor,
    bool Paused,
    double Seconds,
    double ExamplesPerSecond,
    StreamResponse? Stream,
    LearnerResponse? Learner)
{
    public static StatusResponse Of(RunSnapshot picture) => new(
        picture.Phase.ToString().ToLowerInvariant(),
        picture.WaitsFor,
        picture.Paused,
        picture.Elapsed.TotalSeconds,
        picture.ExamplesPerSecond,
        StreamResponse.Of(picture),
        LearnerResponse.Of(picture));
}

/// <param name="Lag">Records between the consumer and the ends of its partitions.</param>
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
    public static StreamResponse? Of(RunSnapshot picture) =>
        picture is not { Description: { } about, Consumer: { } consumer }
            ? null
            : new StreamResponse(
                about.Bootstrap,
                about.Embedded,
                about.Topic,
                about.Feed,
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
/// <param name="Checkpoint">Null before the first attempt to make a checkpoint.</param>
/// <param name="Baselines">Null before the first comparison, or if there are no baselines.</param>
/// <param name="MiningBudget">Null if the budget controller is off.</param>
/// <param name="OverfittingGuard">Null if mining was never reduced.</param>
internal sealed record LearnerResponse(
    string Task,
    RankingStatus Ranking,
    TrainerStatus Training,
    ScoringStatus Scoring,
    RunEvaluation Evaluation,
    CheckpointStatus? Checkpoint,
    BaselinesResponse? Baselines,
    BudgetDecision? MiningBudget,
    OverfittingGuardDecision? OverfittingGuard)
{
    public static LearnerResponse? Of(RunSnapshot picture) =>
        picture is not { Description: { } about, Learner: { } learner }
            ? null
            : new LearnerResponse(
                about.Task,
                learner.Ranking,
                learner.Training,
                learner.Scoring,
                RunEvaluation.Of(learner.Evaluation),
                learner.Checkpoint.Id is null && learner.Checkpoint.Failures == 0 ? null : learner.Checkpoint,
                BaselinesResponse.Of(learner.Baselines),
                learner.MiningBudget,
                learner.OverfittingGuard);
}
