using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Api.Responses;

/// <summary><c>GET /api/history</c>: the run so far, oldest first, at most 600 points.</summary>
/// <param name="Metric">What heldOut and prequential are; null before there is a learner.</param>
internal sealed record HistoryResponse(string? Metric, IReadOnlyList<RunPoint> Points);

/// <summary><c>GET /api/checkpoints</c>: how checkpoints stand, and the last ones of this process, newest first.</summary>
internal sealed record CheckpointsResponse(CheckpointStatus Status, IReadOnlyList<CheckpointStatus> Last);

/// <summary><c>GET /api/dead-letters</c>: records that could not become an example, newest first, at most 50; and all of them by reason.</summary>
internal sealed record DeadLettersResponse(IReadOnlyDictionary<string, long> Counts, IReadOnlyList<DeadLetterResponse> Items)
{
    public static DeadLettersResponse Of(RecentDeadLetters? letters)
    {
        if (letters is null)
            return new DeadLettersResponse(new Dictionary<string, long>(StringComparer.Ordinal), []);
        var (last, counts) = letters.Look();
        return new DeadLettersResponse(counts, [.. last.Select(l => new DeadLetterResponse(l.Reason, l.Detail, OriginResponse.Of(l.Origin), l.At))]);
    }
}

internal sealed record DeadLetterResponse(string Reason, string Detail, OriginResponse Origin, DateTimeOffset At);
