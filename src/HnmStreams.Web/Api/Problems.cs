using Akka.Actor;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Api;

/// <summary>Failures that a caller can expect, as problem details (RFC 9457).</summary>
internal static class Problems
{
    /// <summary>Answers 503 where there is no learner, and 504 where it does not answer in time.</summary>
    public static async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (NoLearnerException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception e) when (e is TimeoutException or AskTimeoutException or TaskCanceledException && !context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.Problem("the learner did not answer in time", statusCode: StatusCodes.Status504GatewayTimeout);
        }
    }

    public static IResult NoLearner(LearnerView view) =>
        TypedResults.Problem($"there is no learner to ask: the run is {view.Phase.ToString().ToLowerInvariant()}", statusCode: StatusCodes.Status503ServiceUnavailable);

    public static IResult NotHeld(string id, int unit) =>
        TypedResults.Problem($"nothing named '{id}' (unit {unit}) is held: it was never kept, has left, or waits elsewhere", statusCode: StatusCodes.Status404NotFound);
}
