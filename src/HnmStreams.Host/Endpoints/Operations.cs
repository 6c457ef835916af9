using System.Security.Cryptography;
using System.Text;
using HnmStreams.Host.Running;
using HnmStreams.Pipeline.Checkpointing;
using Microsoft.Net.Http.Headers;

namespace HnmStreams.Host.Endpoints;

/// <summary>What changes the run: behind a token, which no web page of another origin can send along.</summary>
internal static class Operations
{
    public static void MapOperations(this WebApplication app, string? token)
    {
        var group = app.MapGroup("/api").AddEndpointFilter(async (invocation, next) =>
            Refusal(invocation.HttpContext.Request.Headers.Authorization.ToString(), token) ?? await next(invocation));
        group.MapPost("/checkpoint", CheckpointAsync);
        group.MapPost("/pause", (LearnerView view) => WithLearner(view, sources =>
        {
            sources.Gate.Pause();
            return TypedResults.Ok(new PauseResponse(true));
        }));
        group.MapPost("/resume", (LearnerView view) => WithLearner(view, sources =>
        {
            sources.Gate.Resume();
            return TypedResults.Ok(new PauseResponse(false));
        }));
    }

    private static async Task<IResult> CheckpointAsync(LearnerView view, CancellationToken cancellation)
    {
        if (view.Sources is not { } sources)
            return NoLearner(view);
        try
        {
            var status = await sources.Checkpoint(cancellation);
            return status.LastFailure is { } failure
                ? Results.Problem(failure, statusCode: StatusCodes.Status507InsufficientStorage)
                : TypedResults.Ok(CheckpointResponse.Of(status));
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static IResult WithLearner(LearnerView view, Func<LearnerSources, IResult> act) => view.Sources is { } sources ? act(sources) : NoLearner(view);

    private static IResult NoLearner(LearnerView view) =>
        Results.Problem($"there is no learner to ask: the run is {view.Phase.ToString().ToLowerInvariant()}", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static IResult? Refusal(string given, string? token)
    {
        if (token is null)
            return Results.Problem("http.token is not set, so nobody may change anything: set it (HNM_HTTP__TOKEN) and send it as Authorization: Bearer", statusCode: StatusCodes.Status403Forbidden);
        // In constant time: how much of it was right is not to be heard.
        var right = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes($"Bearer {token}"));
        return right ? null : new Unauthorised();
    }

    private sealed class Unauthorised : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
            return Results.Problem("send http.token as Authorization: Bearer", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(httpContext);
        }
    }
}

/// <summary><c>POST /api/pause</c> and <c>/api/resume</c>.</summary>
internal sealed record PauseResponse(bool Paused);

/// <summary>How checkpoints stand; null where there is none.</summary>
/// <param name="Id">Epoch and sequence of the newest.</param>
internal sealed record CheckpointResponse(string? Id, DateTimeOffset? At, long Consumed, long Bytes, double Seconds, long Written, long Failures, string? LastFailure)
{
    public static CheckpointResponse Of(CheckpointStatus status) =>
        new(status.Id, status.At, status.Consumed, status.Bytes, status.Seconds, status.Written, status.Failures, status.LastFailure);
}
