namespace HnmStreams.Web;

/// <summary>Answers HEAD like GET, with the same status and headers but no body (RFC 9110, section 9.3.2).</summary>
internal static class HeadRequests
{
    /// <summary>Adds the middleware. It must run before routing, since endpoints are mapped for GET only.</summary>
    public static void UseHeadAsGet(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }

        var body = context.Response.Body;
        context.Response.Body = Stream.Null;
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            // The server checks the declared length against the body except for HEAD.
            context.Request.Method = HttpMethods.Head;
            context.Response.Body = body;
        }
    });
}
