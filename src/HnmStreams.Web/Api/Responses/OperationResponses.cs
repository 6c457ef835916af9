using HnmStreams.Pipeline.Checkpointing.Saving;

namespace HnmStreams.Web.Api.Responses;

/// <summary><c>POST /api/pause</c> and <c>/api/resume</c>.</summary>
internal sealed record PauseResponse(bool Paused);

/// <summary>How checkpoints stand; null where there is none.</summary>
/// <param name="Id">Epoch and sequence of the newest.</param>
internal sealed record CheckpointResponse(string? Id, DateTimeOffset? At, long Consumed, long Bytes, double Seconds, long Written, long Failures, string? LastFailure)
{
    public static CheckpointResponse Of(CheckpointStatus status) =>
        new(status.Id, status.At, status.Consumed, status.Bytes, status.Seconds, status.Written, status.Failures, status.LastFailure);
}
