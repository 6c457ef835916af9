using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace HnmStreams.Web.Limits;

/// <summary>
/// The admission of circuits, the page's stateful connections at <c>/_blazor</c>: only from the page's own origin, only as
/// WebSockets, and only up to a limit. A browser sends WebSocket requests of any site along, without asking the server first.
/// </summary>
internal static class CircuitGuard
{
    private const string Hub = "/_blazor";
    private const int RetryAfterSeconds = 10;

    public static void UseCircuitGuard(this IApplicationBuilder app, int maxCircuits)
    {
        var open = 0;
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Hub, StringComparison.OrdinalIgnoreCase), branch => branch.Use(async (context, next) =>
        {
            if (!IsSameOrigin(context.Request))
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return;
            }

            if (!IsConnection(context.Request))
            {
                await next(context);
                return;
            }

            // Other transports keep a circuit without a connection that could be counted.
            if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            try
            {
                if (Interlocked.Increment(ref open) <= maxCircuits)
                {
                    await next(context);
                    return;
                }

                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        }));
    }

    // The scheme may differ behind a proxy that terminates TLS.
    private static bool IsSameOrigin(HttpRequest request)
    {
        if (request.Headers.Origin is not [{ } origin])
            return request.Headers.Origin.Count == 0;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && (string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
                || string.Equals($"{uri.Host}:{uri.Port}", request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsConnection(HttpRequest request) =>
        request.Path.Value is { } path && path.TrimEnd('/').Equals(Hub, StringComparison.OrdinalIgnoreCase);
}
