namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>POST /api/pause</c> and <c>POST /api/resume</c>.</summary>
internal sealed record PauseResponse(bool Paused);

/// <summary>The answer of <c>POST /api/models/{version}/promote</c> and <c>POST /api/models/automatic</c>: the version that is served now.</summary>
/// <param name="Served">Null before the first promotion.</param>
/// <param name="Pinned">True if a person has chosen it, so that the gate does not change it.</param>
internal sealed record ServedModelResponse(long? Served, bool Pinned);
