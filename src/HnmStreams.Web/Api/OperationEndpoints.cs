using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Web.Api.Description;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Api.Responses.Requests;
using HnmStreams.Web.Events;
using HnmStreams.Web.Operating;
using Microsoft.Net.Http.Headers;

namespace HnmStreams.Web.Api;

/// <summary>Endpoints that change the run. They require a bearer token, which a page of another origin cannot send. Each change is an event.</summary>
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
        api.MapPostOnly("/pause", (LearnerOperations operations) =>
        {
            operations.Pause(RunEventActor.Api);
            return TypedResults.Ok(new PauseResponse(true));
        }).Produces<PauseResponse>().WithName("pause").WithSummary("Pauses the intake of records. The consumer stays in its group.");
        api.MapPostOnly("/resume", (LearnerOperations operations) =>
        {
            operations.Resume(RunEventActor.Api);
            return TypedResults.Ok(new PauseResponse(false));
        }).Produces<PauseResponse>().WithName("resume").WithSummary("Resumes the intake of records.");
        MapModels(api.MapGroup("/models").ProducesProblem(StatusCodes.Status409Conflict));
        api.MapPostOnly("/label-requests/{id}/answer", AnswerAsync)
            .Produces<LabelAnswerResponse>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("answerLabelRequest")
            .WithSummary("Answers a label request: sends 'label' for the example to the topic of labels (kafka.labelsTopic, or kafka.topic if it is not set). The request ends when the learner has read it.");
        MapLabels(api.MapGroup("/quarantine/{id}").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound));
    }

    private static void MapModels(RouteGroupBuilder models)
    {
        models.MapPostOnly("/{version}/promote", PromoteAsync)
            .Produces<ServedModelResponse>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("promoteModel")
            .WithSummary("Serves a version, and saves it at the end of the run, instead of the version that the gate has promoted: the newest version, or an earlier one to roll back. The choice survives restarts and ends with /api/models/automatic.");
        models.MapPostOnly("/automatic", (LearnerOperations operations, RunQueries queries) => OrConflictAsync(() =>
        {
            operations.ServeAutomatically(RunEventActor.Api);
            return Task.FromResult<IResult>(TypedResults.Ok(new ServedModelResponse(queries.Models().Promoted?.Version, false)));
        })).Produces<ServedModelResponse>().WithName("promoteAutomatically").WithSummary("Gives the choice of the served version back to the promotion gate.");
    }

    private static void MapLabels(RouteGroupBuilder quarantine)
    {
        quarantine.MapPostOnly("/release", (string id, string? region, LearnerOperations operations, CancellationToken cancellation) => DecideLabelAsync(id, region, false, null, operations, cancellation))
            .Produces<LabelDecisionResponse>()
            .WithName("releaseCandidate")
            .WithSummary("Releases a candidate from quarantine because its label is right. It is offered to the pool again and no longer suspected.");
        quarantine.MapPostOnly("/confirm", (string id, string? region, string? label, LearnerOperations operations, CancellationToken cancellation) => DecideLabelAsync(id, region, true, label, operations, cancellation))
            .Produces<LabelDecisionResponse>()
            .WithName("confirmLabelError")
            .WithSummary("Confirms that a quarantined candidate's label is wrong. It is removed and never trained on again. 'label' is the right label, for the exported decisions.");
        quarantine.MapPostOnly("/undo", UndoLabelAsync)
            .Produces<LabelDecisionResponse>()
            .WithName("undoLabelDecision")
            .WithSummary("Takes the decision about a candidate back: it is in quarantine again. The last 50 decisions of a process can be taken back.");
    }

    private static async Task<IResult> PromoteAsync(string version, LearnerOperations operations, CancellationToken cancellation)
    {
        var number = QueryParameter.Version(version);
        return await OrConflictAsync(async () => await operations.PromoteAsync(number, RunEventActor.Api, cancellation) is { } card
            ? TypedResults.Ok(new ServedModelResponse(card.Version, true))
            : Problems.NoVersion(number));
    }

    private static async Task<IResult> DecideLabelAsync(string id, string? region, bool isWrong, string? rightLabel, LearnerOperations operations, CancellationToken cancellation)
    {
        var (key, index) = (LearnerEndpoints.DecodeId(id), QueryParameter.Region(region));
        return await operations.DecideLabelAsync(key, index, isWrong, rightLabel, RunEventActor.Api, cancellation)
            ? TypedResults.Ok(new LabelDecisionResponse(key, index, isWrong ? "confirmed" : "released"))
            : TypedResults.Problem($"'{key}' (region {index}) is not in quarantine.", statusCode: StatusCodes.Status404NotFound);
    }

    private static Task<IResult> AnswerAsync(string id, string? label, LearnerOperations operations, CancellationToken cancellation) => OrConflictAsync(async () =>
    {
        var key = LearnerEndpoints.DecodeId(id);
        if (label is null)
            throw new InvalidQueryParameterException("'label' must be the name of a label but is not set.");
        return await operations.AnswerAsync(key, label, RunEventActor.Api, cancellation) switch
        {
            { IsOpen: false } => Problems.NoLabelRequest(key),
            { Allowed: { Count: > 0 } allowed } => throw new InvalidQueryParameterException($"'label' must be one of {string.Join(", ", allowed)} but is '{label}'."),
            _ => TypedResults.Ok(new LabelAnswerResponse(key, label)),
        };
    });

    private static async Task<IResult> UndoLabelAsync(string id, string? region, LearnerOperations operations, CancellationToken cancellation)
    {
        var (key, index) = (LearnerEndpoints.DecodeId(id), QueryParameter.Region(region));
        return await operations.UndoLabelAsync(key, index, RunEventActor.Api, cancellation)
            ? TypedResults.Ok(new LabelDecisionResponse(key, index, "undone"))
            : TypedResults.Problem($"There is no decision about '{key}' (region {index}) that can be taken back.", statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> CheckpointAsync(LearnerOperations operations, CancellationToken cancellation)
    {
        try
        {
            var status = await operations.CheckpointAsync(RunEventActor.Api, cancellation);
            return status.LastFailure is { } failure
                ? TypedResults.Problem(failure, statusCode: StatusCodes.Status507InsufficientStorage)
                : TypedResults.Ok(status);
        }
        catch (Exception e) when (e is InvalidOperationException and not NoLearnerException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> OrConflictAsync(Func<Task<IResult>> operation)
    {
        try
        {
            return await operation();
        }
        catch (InvalidOperationException e) when (e is not NoLearnerException)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

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
