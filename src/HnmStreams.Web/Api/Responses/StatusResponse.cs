using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline.Budget;
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
                consumer.UnreachableSince,
                consumer.LastError is { } error ? $"{error.Code}: {error.Text}" : null,
                [.. consumer.Partitions.Select(p => new PartitionResponse(p.Partition, p.NextOffset, p.EndOffset, p.Lag))]);
}

internal sealed record PartitionResponse(int Partition, long? NextOffset, long? EndOffset, long? Lag);

/// <param name="Baselines">Null where the baselines are off, and before the first comparison.</param>
/// <param name="Cost">Null where the controller is off.</param>
internal sealed record LearnerResponse(
    string Task,
    long Consumed,
    long Scored,
    long HeldOut,
    long TrainedRows,
    long Steps,
    long RefusedSteps,
    long SkippedSteps,
    long ModelVersion,
    double? Loss,
    bool MiningAllowed,
    MixPlan? LastMix,
    long DeadLettered,
    long FailedBatches,
    long Forgotten,
    long Repeats,
    CheckpointResponse? Checkpoint,
    RunPool Pool,
    int PositivesKept,
    int NegativesKept,
    double ScoringSeconds,
    double TrainingSeconds,
    RunEvaluation Evaluation,
    BaselinesResponse? Baselines,
    BudgetDecision? Cost,
    OverfittingGuardDecision? OverfittingGuard,
    IReadOnlyList<RunPosition> Positions)
{
    public static LearnerResponse? Of(RunSnapshot picture) =>
        picture is not { Description: { } about, Learner: { } learner }
            ? null
            : new LearnerResponse(
                about.Task,
                learner.Ranking.Stream.Consumed,
                learner.Ranking.Stream.Scored,
                learner.Ranking.Stream.HeldOut,
                learner.Training.TrainedRows,
                learner.Training.Steps,
                learner.Training.RefusedSteps,
                learner.Ranking.SkippedSteps,
                learner.Training.ModelVersion,
                Finite.OrNull(learner.Training.Loss),
                learner.Ranking.MiningAllowed,
                learner.Ranking.LastMix,
                learner.Ranking.Stream.DeadLettered,
                learner.Ranking.Stream.FailedBatches,
                learner.Ranking.Stream.Forgotten,
                learner.Ranking.Stream.Repeats,
                learner.Checkpoint.Id is null && learner.Checkpoint.Failures == 0 ? null : CheckpointResponse.Of(learner.Checkpoint),
                RunPool.Of(learner),
                learner.Ranking.PositivesKept,
                learner.Ranking.NegativesKept,
                learner.Scoring.Seconds,
                learner.Training.Seconds,
                RunEvaluation.Of(learner.Evaluation),
                BaselinesResponse.Of(learner.Baselines),
                learner.MiningBudget,
                learner.OverfittingGuard,
                RunPosition.Of(learner));
}
