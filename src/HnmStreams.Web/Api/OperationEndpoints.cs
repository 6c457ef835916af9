using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Monitoring;
using Microsoft.Net.Http.Headers;

namespace HnmStreams.Web.Api;

/// <summary>What changes the run: behind a token, which no web page of another origin can send along.</summary>
internal static class OperationEndpoints
{
    private const string Scheme = "Bearer ";

    public static void MapOperations(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter(RefuseAsync).AddEndpointFilter(Problems.FilterAsync).WithTags("Changing")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapPostOnly("/checkpoint", CheckpointAsync)
            .Produces<CheckpointStatus>().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status507InsufficientStorage)
            .WithSummary("Makes a checkpoint now");
        api.MapPostOnly("/pause", (LearnerView view) => WithLearner(view, sources =>
        {
            sources.Gate.Pause();
            return TypedResults.Ok(new PauseResponse(true));
        })).Produces<PauseResponse>().WithSummary("Holds records back");
        api.MapPostOnly("/resume", (LearnerView view) => WithLearner(view, sources =>
        {
            sources.Gate.Resume();
            return TypedResults.Ok(new PauseResponse(false));
        })).Produces<PauseResponse>().WithSummary("Lets records pass again");
        api.MapPostOnly("/quarantine/{id}/release", (string id, int? unit, LearnerQueries answers, CancellationToken cancellation) => JudgeAsync(id, unit, wrongLabel: false, answers, cancellation))
            .Produces<VerdictResponse>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The suspect's label is right: it is offered to the pool again and not suspected any more");
        api.MapPostOnly("/quarantine/{id}/confirm", (string id, int? unit, LearnerQueries answers, CancellationToken cancellation) => JudgeAsync(id, unit, wrongLabel: true, answers, cancellation))
            .Produces<VerdictResponse>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The suspect's label is wrong: it leaves for good");
    }

    private static async Task<IResult> JudgeAsync(string id, int? unit, bool wrongLabel, LearnerQueries answers, CancellationToken cancellation) =>
        await answers.JudgeAsync(LearnerEndpoints.IdOf(id), unit ?? 0, wrongLabel, cancellation) is { } verdict
            ? TypedResults.Ok(verdict)
            : TypedResults.Problem($"'{LearnerEndpoints.IdOf(id)}' (unit {unit ?? 0}) is not set aside", statusCode: StatusCodes.Status404NotFound);

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

    private static IResult WithLearner(LearnerView view, Func<LearnerSources, IResult> act) => view.Sources is { } sources ? act(sources) : Problems.NoLearner(view);

    private static async ValueTask<object?> RefuseAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        // A GET changes nothing: it is told to POST.
        if (HttpMethods.IsGet(context.HttpContext.Request.Method))
            return await next(context);
        var token = context.HttpContext.RequestServices.GetRequiredService<AccessToken>();
        if (!token.IsSet)
            return TypedResults.Problem("http.token is not set, so nobody may change anything: set it (HNM__Http__Token) and send it as Authorization: Bearer", statusCode: StatusCodes.Status403Forbidden);
        var given = context.HttpContext.Request.Headers.Authorization.ToString();
        if (given.StartsWith(Scheme, StringComparison.Ordinal) && token.Is(given[Scheme.Length..]))
            return await next(context);
        context.HttpContext.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return TypedResults.Problem("send http.token as Authorization: Bearer", statusCode: StatusCodes.Status401Unauthorized);
    }
}
