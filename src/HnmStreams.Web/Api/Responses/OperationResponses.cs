namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>POST /api/pause</c> and <c>POST /api/resume</c>.</summary>
internal sealed record PauseResponse(bool Paused);
