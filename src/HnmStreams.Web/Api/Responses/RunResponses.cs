using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Web.DeadLetters;
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
        return new DeadLettersResponse(counts, deadLetters.Reasons(), [.. recent.Select(DeadLetterResponse.Of)]);
    }
}

/// <summary>A record that could not become an example.</summary>
/// <param name="Id">The id in <c>GET /api/dead-letters/{id}/value</c>: partition, offset and, if there is one, row.</param>
/// <param name="Row">The index of the row, if the record carries many examples and only this one was rejected; else null.</param>
/// <param name="Key">Null if the record has no key.</param>
/// <param name="Value">Null if the record has no value, or if it exceeded the size limit and was not copied.</param>
internal sealed record DeadLetterResponse(string Id, string Reason, string Detail, OriginResponse Origin, int? Row, DateTimeOffset At, BytesResponse? Key, BytesResponse? Value)
{
    public static DeadLetterResponse Of(StoredDeadLetter letter) => new(
        letter.Id, letter.Reason, letter.Detail, OriginResponse.Of(letter.Origin), letter.Row, letter.At, BytesResponse.Of(letter.Key), BytesResponse.Of(letter.Value));
}

/// <summary>The key or the value of a dead letter.</summary>
/// <param name="Length">The length in bytes.</param>
/// <param name="Encoding"><c>text</c> for UTF-8, whose control characters are escaped, else <c>hex</c>.</param>
/// <param name="Preview">The beginning.</param>
/// <param name="Truncated">True if bytes follow that are not in the preview.</param>
/// <param name="Stored">True if all bytes can be downloaded.</param>
internal sealed record BytesResponse(int Length, string Encoding, string Preview, bool Truncated, bool Stored)
{
    public static BytesResponse? Of(StoredBytes? stored)
    {
        if (stored is null)
            return null;
        var preview = BytesPreview.Of(stored);
        return new BytesResponse(stored.Length, preview.IsText ? "text" : "hex", preview.Text, preview.IsCut, stored.IsWhole);
    }
}

/// <summary>The answer of <c>GET /api/recoveries</c>: the recoveries from the known changes of the stream, oldest first.</summary>
/// <param name="Metric">Name of the primary metric; null before there is a learner.</param>
/// <param name="Expected">True if the stream changes at known examples.</param>
/// <param name="Summary">The recoveries taken together; null before the first one that counts.</param>
internal sealed record RecoveriesResponse(string? Metric, bool Expected, RecoverySummary? Summary, IReadOnlyList<ChangeRecovery> Changes)
{
    public static RecoveriesResponse Of(RunSnapshot snapshot) => new(
        snapshot.Description?.PrimaryMetric, snapshot.Description?.Changes is not null, RecoverySummary.Of(snapshot.Recoveries), snapshot.Recoveries);
}
