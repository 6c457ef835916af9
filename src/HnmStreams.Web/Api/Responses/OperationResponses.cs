namespace HnmStreams.Web.Api.Responses;

/// <summary><c>POST /api/pause</c> and <c>/api/resume</c>.</summary>
internal sealed record PauseResponse(bool Paused);
