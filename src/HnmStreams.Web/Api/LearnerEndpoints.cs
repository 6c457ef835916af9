using System.Globalization;
using System.Text;
using HnmStreams.Web.Api.Responses;

namespace HnmStreams.Web.Api;

/// <summary>Addresses that look at the learner and change nothing.</summary>
internal static class LearnerEndpoints
{
    public const int MostHardNegatives = 1_000;
    private const int UsualHardNegatives = 20;

    public static void MapLearner(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter(Problems.FilterAsync).WithTags("Looking");
        api.MapGet("/status", (LearnerQueries answers) => TypedResults.Ok(answers.Status()))
            .WithSummary("How the run is doing: counts, pace, lag, pool, mix, evaluation, positions");
        api.MapGet("/history", (LearnerQueries answers) => TypedResults.Ok(answers.History()))
            .WithSummary("The run so far, second by second, thinned as it grows long");

        var learner = api.MapGroup("").ProducesProblem(StatusCodes.Status503ServiceUnavailable).ProducesProblem(StatusCodes.Status504GatewayTimeout);
        learner.MapGet("/hard-negatives", HardNegativesAsync)
            .Produces<HardNegativesResponse>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithSummary($"The hardest negatives in the pool, hardest first; top is 1 to {MostHardNegatives}");
        learner.MapGet("/pool/histogram", async (LearnerQueries answers, CancellationToken cancellation) => TypedResults.Ok(await answers.HistogramAsync(cancellation)))
            .WithSummary("How hard the pool's residents are, and the threshold");
        learner.MapGet("/batches", async (LearnerQueries answers, CancellationToken cancellation) => TypedResults.Ok(await answers.BatchesAsync(cancellation)))
            .WithSummary("What the last training batches were made of: asked, given, and why");
        learner.MapGet("/quarantine", async (LearnerQueries answers, CancellationToken cancellation) => TypedResults.Ok(await answers.QuarantineAsync(cancellation)))
            .WithSummary("Suspected wrong labels that are set aside");
        learner.MapGet("/checkpoints", (LearnerQueries answers) => TypedResults.Ok(answers.Checkpoints()))
            .WithSummary("How checkpoints stand, and the last ones");
        learner.MapGet("/dead-letters", (LearnerQueries answers) => TypedResults.Ok(answers.DeadLetters()))
            .WithSummary("Records that could not become an example, with their reasons");
        MapCandidates(learner.MapGroup("/candidates/{id}").ProducesProblem(StatusCodes.Status404NotFound));
    }

    /// <summary>An id as it stands in a path: a slash in it comes as %2F, which routing leaves alone.</summary>
    public static string IdOf(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static void MapCandidates(RouteGroupBuilder candidate)
    {
        candidate.MapGet("", async (string id, int? unit, LearnerQueries answers, CancellationToken cancellation) =>
                OrNotHeld(await answers.CandidateAsync(IdOf(id), unit ?? 0, cancellation), id, unit))
            .Produces<CandidateResponse>()
            .WithSummary("One candidate: where it is held, hardness, uses, history of loss, verdict on its label");
        candidate.MapGet("/why", async (string id, int? unit, LearnerQueries answers, CancellationToken cancellation) =>
                OrNotHeld(await answers.WhyAsync(IdOf(id), unit ?? 0, cancellation), id, unit))
            .Produces<WhyResponse>()
            .WithSummary("Why it is hard: nearest positives and negatives in the model's own embedding, its past, and whether its label looks wrong");
        candidate.MapGet("/view", ViewAsync)
            .Produces(StatusCodes.Status200OK, contentType: "image/png", additionalContentTypes: "text/plain")
            .WithSummary("What the model saw of it: a PNG, or text");
    }

    private static IResult OrNotHeld<T>(T? answer, string id, int? unit)
        where T : class =>
        answer is null ? Problems.NotHeld(IdOf(id), unit ?? 0) : TypedResults.Ok(answer);

    private static async Task<IResult> HardNegativesAsync(string? top, LearnerQueries answers, CancellationToken cancellation)
    {
        var count = UsualHardNegatives;
        return top is not null && (!int.TryParse(top, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MostHardNegatives)
            ? TypedResults.Problem($"top = '{top}': allowed is a whole number, 1 to {MostHardNegatives}", statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Ok(await answers.HardestAsync(count, cancellation));
    }

    private static async Task<IResult> ViewAsync(string id, int? unit, LearnerQueries answers, HttpContext http, CancellationToken cancellation)
    {
        var view = await answers.ViewAsync(IdOf(id), unit ?? 0, cancellation);
        // What lies under an id does not change while it is held, and a browser asks for it again and again.
        http.Response.Headers.CacheControl = "private, max-age=300";
        return view switch
        {
            null => Problems.NotHeld(IdOf(id), unit ?? 0),
            { Png: { } png } => TypedResults.File(png, "image/png"),
            _ => TypedResults.Text(view.Text, "text/plain", Encoding.UTF8),
        };
    }
}
