using Microsoft.AspNetCore.Http.HttpResults;

namespace HnmStreams.Web.Api;

/// <summary>Addresses that know no other method than POST.</summary>
internal static class PostOnlyEndpoints
{
    /// <summary>As <c>MapPost</c>; a GET is told so: the page's own catch-all would say that there is nothing here.</summary>
    public static RouteHandlerBuilder MapPostOnly(this IEndpointRouteBuilder app, string pattern, Delegate handler)
    {
        app.MapGet(pattern, Refuse).ExcludeFromDescription();
        return app.MapPost(pattern, handler);
    }

    private static ProblemHttpResult Refuse(HttpContext http)
    {
        http.Response.Headers.Allow = HttpMethods.Post;
        return TypedResults.Problem($"{http.Request.Path} takes POST", statusCode: StatusCodes.Status405MethodNotAllowed);
    }
}
