using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Recovery;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/history</c>: the history of the run, oldest first, at most 600 points.</summary>
/// <param name="Metric">Name of the metric in the points; null before there is a learner.</param>
internal sealed record HistoryResponse(string? Metric, IReadOnlyList<RunPoint> Points);

/// <summary>The answer of <c>GET /api/checkpoints</c>: the state of checkpointing, and the most recent checkpoints of this process, newest first.</summary>
internal sealed record CheckpointsResponse(CheckpointStatus Status, IReadOnlyList<CheckpointStatus> Recent);

/// <summary>The answer of <c>GET /api/dead-letters</c>: the most recent dead letters, newest first, at most 50, and the count of all by reason.</summary>
/// <param name="Reasons">The reasons, the most frequent first, with the id of one record each.</param>
internal sealed record DeadLettersResponse(IReadOnlyDictionary<string, long> Counts, IReadOnlyList<RejectionReason> Reasons, IReadOnlyList<DeadLetterResponse> Items)
{
    public static DeadLettersResponse Of(RecentDeadLetters? deadLetters)
    {
        if (deadLetters is null)
            return new DeadLettersResponse(new Dictionary<string, long>(StringComparer.Ordinal), [], []);
        var (recent, counts) = deadLetters.Snapshot();
        return new DeadLettersResponse(counts, deadLetters.Reasons(), [.. recent.Select(l => new DeadLetterResponse(l.Reason, l.Detail, OriginResponse.Of(l.Origin), l.At))]);
    }
}

/// <summary>A record that could not become an example.</summary>
internal sealed record DeadLetterResponse(string Reason, string Detail, OriginResponse Origin, DateTimeOffset At);

/// <summary>The answer of <c>GET /api/recoveries</c>: the recoveries from the known changes of the stream, oldest first.</summary>
/// <param name="Metric">Name of the primary metric; null before there is a learner.</param>
/// <param name="Expected">True if the stream changes at known examples.</param>
/// <param name="Summary">The recoveries taken together; null before the first one that counts.</param>
internal sealed record RecoveriesResponse(string? Metric, bool Expected, RecoverySummary? Summary, IReadOnlyList<ChangeRecovery> Changes)
{
    public static RecoveriesResponse Of(RunSnapshot snapshot) => new(
        snapshot.Description?.PrimaryMetric, snapshot.Description?.Changes is not null, RecoverySummary.Of(snapshot.Recoveries), snapshot.Recoveries);
}
