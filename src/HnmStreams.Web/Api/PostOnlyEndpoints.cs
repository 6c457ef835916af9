using Microsoft.AspNetCore.Http.HttpResults;

namespace HnmStreams.Web.Api;

/// <summary>Endpoints that accept POST only.</summary>
internal static class PostOnlyEndpoints
{
    /// <summary>Maps a POST endpoint, and answers GET with 405 and <c>Allow: POST</c>. Without that, the page's fallback route would answer GET with 404.</summary>
    public static RouteHandlerBuilder MapPostOnly(this IEndpointRouteBuilder app, string pattern, Delegate handler)
    {
        app.MapGet(pattern, RejectGet).ExcludeFromDescription();
        return app.MapPost(pattern, handler);
    }

    private static ProblemHttpResult RejectGet(HttpContext http)
    {
        http.Response.Headers.Allow = HttpMethods.Post;
        return TypedResults.Problem($"{http.Request.Path} accepts POST only.", statusCode: StatusCodes.Status405MethodNotAllowed);
    }
}
