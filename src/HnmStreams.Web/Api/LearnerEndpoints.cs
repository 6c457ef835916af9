using System.Text;
using HnmStreams.Web.Api.Responses;

namespace HnmStreams.Web.Api;

/// <summary>Endpoints that read the state of the run. They change nothing and need no token.</summary>
internal static class LearnerEndpoints
{
    public const int MaxHardNegatives = 1_000;
    private const int DefaultHardNegatives = 20;

    public static void MapLearner(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter(Problems.FilterAsync).WithTags("Learner");
        api.MapGet("/status", (RunQueries queries) => TypedResults.Ok(queries.Status()))
            .WithName("getStatus")
            .WithSummary("Returns the status of the run: counts, throughput, lag, pool, mix, evaluation and positions.");
        api.MapGet("/history", (RunQueries queries) => TypedResults.Ok(queries.History()))
            .WithName("getHistory")
            .WithSummary("Returns the history of the run, one point per second. A long history is downsampled.");

        var learner = api.MapGroup("").ProducesProblem(StatusCodes.Status503ServiceUnavailable).ProducesProblem(StatusCodes.Status504GatewayTimeout);
        learner.MapGet("/hard-negatives", HardNegativesAsync)
            .Produces<HardNegativesResponse>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("getHardNegatives")
            .WithSummary($"Returns the hardest negatives of the pool, hardest first. 'top' is the number of negatives, 1 to {MaxHardNegatives} (default {DefaultHardNegatives}).");
        learner.MapGet("/pool/histogram", async (RunQueries queries, CancellationToken cancellation) => TypedResults.Ok(await queries.HistogramAsync(cancellation)))
            .WithName("getPoolHistogram")
            .WithSummary("Returns the histogram of hardness in the pool, and the pool's threshold.");
        learner.MapGet("/batches", async (RunQueries queries, CancellationToken cancellation) => TypedResults.Ok(await queries.BatchesAsync(cancellation)))
            .WithName("getBatches")
            .WithSummary("Returns the composition of the last training batches: requested rows, actual rows, and the reasons for a difference.");
        learner.MapGet("/quarantine", async (RunQueries queries, CancellationToken cancellation) => TypedResults.Ok(await queries.QuarantineAsync(cancellation)))
            .WithName("getQuarantine")
            .WithSummary("Returns the quarantined candidates: suspected label errors.");
        learner.MapGet("/checkpoints", (RunQueries queries) => TypedResults.Ok(queries.Checkpoints()))
            .WithName("getCheckpoints")
            .WithSummary("Returns the state of checkpointing and the most recent checkpoints.");
        learner.MapGet("/dead-letters", (RunQueries queries) => TypedResults.Ok(queries.DeadLetters()))
            .WithName("getDeadLetters")
            .WithSummary("Returns the most recent dead letters, and the count per reason.");
        MapCandidates(learner.MapGroup("/candidates/{id}").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound));
    }

    /// <summary>Decodes an id in a path. Routing leaves an escaped slash (%2F) as it is.</summary>
    public static string DecodeId(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static void MapCandidates(RouteGroupBuilder candidate)
    {
        candidate.MapGet("", (string id, string? region, RunQueries queries, CancellationToken cancellation) =>
                OrNotHeldAsync(id, region, (key, index) => queries.CandidateAsync(key, index, cancellation)))
            .Produces<CandidateResponse>()
            .WithName("getCandidate")
            .WithSummary("Returns a candidate: its location, hardness, uses, loss history, and the assessment of its label.");
        candidate.MapGet("/why", (string id, string? region, RunQueries queries, CancellationToken cancellation) =>
                OrNotHeldAsync(id, region, (key, index) => queries.ExplainAsync(key, index, cancellation)))
            .Produces<WhyResponse>()
            .WithName("explainCandidate")
            .WithSummary("Explains a candidate's hardness: the nearest positives and negatives in the model's embedding, its loss history, and the assessment of its label.");
        candidate.MapGet("/view", PreviewAsync)
            .Produces(StatusCodes.Status200OK, contentType: "image/png", additionalContentTypes: "text/plain")
            .WithName("getCandidatePreview")
            .WithSummary("Returns the model's input for a candidate, as a PNG image or as text.");
    }

    private static async Task<IResult> OrNotHeldAsync<T>(string id, string? region, Func<string, int, Task<T?>> query)
        where T : class
    {
        var (key, index) = (DecodeId(id), QueryParameter.Region(region));
        return await query(key, index) is { } answer ? TypedResults.Ok(answer) : Problems.NotHeld(key, index);
    }

    private static async Task<IResult> HardNegativesAsync(string? top, RunQueries queries, CancellationToken cancellation) =>
        TypedResults.Ok(await queries.HardestAsync(QueryParameter.WholeNumber("top", top, DefaultHardNegatives, 1, MaxHardNegatives), cancellation));

    private static async Task<IResult> PreviewAsync(string id, string? region, RunQueries queries, HttpContext http, CancellationToken cancellation)
    {
        var (key, index) = (DecodeId(id), QueryParameter.Region(region));
        var preview = await queries.PreviewAsync(key, index, cancellation);
        // The preview of an id does not change while the learner holds it, and the page requests it repeatedly.
        http.Response.Headers.CacheControl = "private, max-age=300";
        return preview switch
        {
            null => Problems.NotHeld(key, index),
            { Png: { } png } => TypedResults.File(png, "image/png"),
            _ => TypedResults.Text(preview.Text, "text/plain", Encoding.UTF8),
        };
    }
}
