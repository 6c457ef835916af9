using Akka.Actor;
using HnmStreams.Pipeline.Serving;
using HnmStreams.Web.Operating;

namespace HnmStreams.Web.Api;

/// <summary>Expected failures as problem details (RFC 9457).</summary>
internal static class Problems
{
    /// <summary>Answers 400 for an invalid query parameter, 503 if there is no learner, and 504 if it does not answer in time.</summary>
    public static async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (InvalidQueryParameterException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (Exception e) when (e is NoLearnerException or NoModelException)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception e) when (e is TimeoutException or AskTimeoutException or TaskCanceledException && !context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.Problem("The learner did not answer in time. Try again.", statusCode: StatusCodes.Status504GatewayTimeout);
        }
    }

    public static IResult NoVersion(long version) =>
        TypedResults.Problem($"Version {version} is not kept. GET /api/models lists the kept versions (pipeline.publishing.keepVersions).", statusCode: StatusCodes.Status404NotFound);

    public static IResult NoDeadLetter(string id, string part) =>
        TypedResults.Problem($"There is no {part} of a dead letter '{id}': the record has none, or it is no longer stored here. The dead-letter topic has it (kafka.deadLetterTopic).", statusCode: StatusCodes.Status404NotFound);

    public static IResult NoLabelRequest(string id) =>
        TypedResults.Problem($"There is no open label request for '{id}': it was never requested, its label has come, or the example no longer waits. GET /api/label-requests lists the open ones.", statusCode: StatusCodes.Status404NotFound);

    public static IResult NotHeld(string id, int region) =>
        TypedResults.Problem($"The learner does not hold a candidate '{id}' (region {region}): it was never stored, or it was evicted.", statusCode: StatusCodes.Status404NotFound);
}
