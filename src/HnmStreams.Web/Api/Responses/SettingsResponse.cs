using HnmStreams.Configuration;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/settings</c>: every setting in effect with the layer that has set it. Secrets are hidden.</summary>
internal sealed record SettingsResponse(IReadOnlyList<ShownSetting> Items);
