using HnmStreams.Web.Events;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/events</c>: events of this run and of earlier runs with the same checkpoint folder, newest first.</summary>
internal sealed record EventsResponse(IReadOnlyList<RunEvent> Items);
