using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Web.Api.Description;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Monitoring;
using Microsoft.Net.Http.Headers;

namespace HnmStreams.Web.Api;

/// <summary>Endpoints that change the run. They require a bearer token, which a page of another origin cannot send.</summary>
internal static class OperationEndpoints
{
    private const string Scheme = "Bearer ";

    public static void MapOperations(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter(AuthorizeAsync).AddEndpointFilter(Problems.FilterAsync).WithTags(ApiDescription.OperationsTag)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapPostOnly("/checkpoint", CheckpointAsync)
            .Produces<CheckpointStatus>().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status507InsufficientStorage)
            .WithName("saveCheckpoint")
            .WithSummary("Saves a checkpoint now.");
        api.MapPostOnly("/pause", (LearnerView view) => WithLearner(view, sources =>
        {
            sources.Gate.Pause();
            return TypedResults.Ok(new PauseResponse(true));
        })).Produces<PauseResponse>().WithName("pause").WithSummary("Pauses the intake of records.");
        api.MapPostOnly("/resume", (LearnerView view) => WithLearner(view, sources =>
        {
            sources.Gate.Resume();
            return TypedResults.Ok(new PauseResponse(false));
        })).Produces<PauseResponse>().WithName("resume").WithSummary("Resumes the intake of records.");
        var quarantine = api.MapGroup("/quarantine/{id}").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        quarantine.MapPostOnly("/release", (string id, string? region, RunQueries queries, CancellationToken cancellation) => DecideLabelAsync(id, region, isWrong: false, queries, cancellation))
            .Produces<LabelDecisionResponse>()
            .WithName("releaseCandidate")
            .WithSummary("Releases a candidate from quarantine because its label is right. It is offered to the pool again and no longer suspected.");
        quarantine.MapPostOnly("/confirm", (string id, string? region, RunQueries queries, CancellationToken cancellation) => DecideLabelAsync(id, region, isWrong: true, queries, cancellation))
            .Produces<LabelDecisionResponse>()
            .WithName("confirmLabelError")
            .WithSummary("Confirms that a quarantined candidate's label is wrong. It is removed and never trained on again.");
    }

    private static async Task<IResult> DecideLabelAsync(string id, string? region, bool isWrong, RunQueries queries, CancellationToken cancellation)
    {
        var (key, index) = (LearnerEndpoints.DecodeId(id), QueryParameter.Region(region));
        return await queries.DecideLabelAsync(key, index, isWrong, cancellation) is { } decision
            ? TypedResults.Ok(decision)
            : TypedResults.Problem($"'{key}' (region {index}) is not in quarantine.", statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> CheckpointAsync(LearnerView view, CancellationToken cancellation)
    {
        if (view.Sources is not { } sources)
            return Problems.NoLearner(view);
        try
        {
            var status = await sources.Checkpoint(cancellation);
            return status.LastFailure is { } failure
                ? TypedResults.Problem(failure, statusCode: StatusCodes.Status507InsufficientStorage)
                : TypedResults.Ok(status);
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static IResult WithLearner(LearnerView view, Func<LearnerSources, IResult> operation) => view.Sources is { } sources ? operation(sources) : Problems.NoLearner(view);

    private static async ValueTask<object?> AuthorizeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        // GET changes nothing. Its handler answers 405.
        if (HttpMethods.IsGet(context.HttpContext.Request.Method))
            return await next(context);
        var token = context.HttpContext.RequestServices.GetRequiredService<AccessToken>();
        if (!token.IsSet)
            return TypedResults.Problem("'http.token' is not set, so the API is read-only. Set it (HNM__HTTP__TOKEN) and send it as 'Authorization: Bearer TOKEN'.", statusCode: StatusCodes.Status403Forbidden);
        var authorization = context.HttpContext.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Scheme, StringComparison.Ordinal) && token.Matches(authorization[Scheme.Length..]))
            return await next(context);
        context.HttpContext.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return TypedResults.Problem("The request must have the header 'Authorization: Bearer TOKEN' with the value of 'http.token'.", statusCode: StatusCodes.Status401Unauthorized);
    }
}
