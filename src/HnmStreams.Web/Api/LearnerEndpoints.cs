using System.Text;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Api.Responses.Requests;
using HnmStreams.Web.Events;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Api;

/// <summary>Endpoints that read the state of the run. They change nothing and need no token.</summary>
internal static class LearnerEndpoints
{
    public const int MaxHardNegatives = 1_000;
    public const int MaxLabelRequests = 1_000;
    private const int DefaultHardNegatives = 20;
    private const int DefaultLabelRequests = 100;
    private const int DefaultEvents = 100;

    public static void MapLearner(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter(Problems.FilterAsync).WithTags("Learner");
        api.MapGet("/status", (RunQueries queries) => TypedResults.Ok(queries.Status()))
            .WithName("getStatus")
            .WithSummary("Returns the status of the run: counts, throughput, lag, pool, mix, evaluation and positions.");
        api.MapGet("/history", (string? points, RunQueries queries) =>
                TypedResults.Ok(queries.History(QueryParameter.WholeNumber("points", points, RunHistory.MaxPoints, 2, RunHistory.MaxPoints))))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("getHistory")
            .WithSummary($"Returns the history of the run and of earlier runs that it continues: the last minutes with one point per second, older parts downsampled. 'points' is the maximum number of points, 2 to {RunHistory.MaxPoints}.");
        api.MapGet("/events", (string? top, string? before, string? kind, RunQueries queries) =>
                TypedResults.Ok(queries.Events(QueryParameter.WholeNumber("top", top, DefaultEvents, 1, EventLog.Capacity), QueryParameter.EventId(before), QueryParameter.Name<RunEventKind>("kind", kind))))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("getEvents")
            .WithSummary($"Returns the event log of the checkpoint folder, newest first: promotions, changes of the mining budget, pauses, verdicts, failures, changed settings. 'top' is the number of events, 1 to {EventLog.Capacity} (default {DefaultEvents}); 'before' is an id for the next page; 'kind' selects one kind.");

        api.MapGet("/label-decisions", (string? format, RunQueries queries) => Table(format, queries.LabelDecisions(), d => d.ToCsv()))
            .Produces<LabelDecisionsResponse>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("getLabelDecisions")
            .WithSummary("Returns the decisions about suspected label errors, newest first, with the proposed labels. They are part of the event log. 'format' is json (default) or csv.");
        api.MapGet("/settings", (RunQueries queries) => TypedResults.Ok(queries.Settings()))
            .WithName("getSettings")
            .WithSummary("Returns every setting in effect with the layer that has set it. Secrets are hidden.");
        api.MapGet("/system", (RunQueries queries) => TypedResults.Ok(queries.System()))
            .WithName("getSystem")
            .WithSummary("Returns the device of the model, and the memory and processor time of the process.");

        var learner = api.MapGroup("").ProducesProblem(StatusCodes.Status503ServiceUnavailable).ProducesProblem(StatusCodes.Status504GatewayTimeout);
        learner.MapGet("/hard-negatives", HardNegativesAsync)
            .Produces<HardNegativesResponse>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("getHardNegatives")
            .WithSummary($"Returns the hardest negatives of the pool, hardest first. 'top' is the number of negatives, 1 to {MaxHardNegatives} (default {DefaultHardNegatives}). Of these, 'search' selects ids that contain a text, and 'label' those with a label. 'format' is json (default) or csv.");
        learner.MapGet("/pool/histogram", async (RunQueries queries, CancellationToken cancellation) => TypedResults.Ok(await queries.HistogramAsync(cancellation)))
            .WithName("getPoolHistogram")
            .WithSummary("Returns the histogram of hardness in the pool, and the pool's threshold.");
        learner.MapGet("/batches", async (RunQueries queries, CancellationToken cancellation) => TypedResults.Ok(await queries.BatchesAsync(cancellation)))
            .WithName("getBatches")
            .WithSummary("Returns the composition of the last training batches: requested rows, actual rows, and the reasons for a difference.");
        learner.MapGet("/quarantine", async (string? format, RunQueries queries, CancellationToken cancellation) =>
                Table(format, await queries.QuarantineAsync(cancellation), q => q.ToCsv()))
            .Produces<QuarantineResponse>().ProducesProblem(StatusCodes.Status400BadRequest)
            .WithName("getQuarantine")
            .WithSummary("Returns the quarantined candidates: suspected label errors. 'format' is json (default) or csv.");
        MapLabelRequests(learner.MapGroup("/label-requests").ProducesProblem(StatusCodes.Status400BadRequest));
        learner.MapGet("/checkpoints", (RunQueries queries) => TypedResults.Ok(queries.Checkpoints()))
            .WithName("getCheckpoints")
            .WithSummary("Returns the state of checkpointing and the most recent checkpoints.");
        learner.MapGet("/dead-letters", (RunQueries queries) => TypedResults.Ok(queries.DeadLetters()))
            .WithName("getDeadLetters")
            .WithSummary("Returns the most recent dead letters with previews of key and value, and the count per reason.");
        learner.MapGet("/dead-letters/{id}/{part}", DeadLetterBytes)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getDeadLetterBytes")
            .WithSummary("Returns the bytes of a recent dead letter as they were in the record. 'part' is key or value. GET /api/dead-letters lists the ids.");
        MapCandidates(learner.MapGroup("/candidates/{id}").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound));
    }

    /// <summary>Decodes an id in a path. Routing leaves an escaped slash (%2F) as it is.</summary>
    public static string DecodeId(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static void MapLabelRequests(RouteGroupBuilder requests)
    {
        requests.MapGet("", LabelRequestsAsync)
            .Produces<LabelRequestsResponse>()
            .WithName("getLabelRequests")
            .WithSummary($"Returns the open requests to label the examples whose label would help most, largest score first, with the counts of all requests. 'top' is the number of requests, 1 to {MaxLabelRequests} (default {DefaultLabelRequests}). 'format' is json (default), csv, or label-studio for a file of tasks, whose export comes back by 'hnm labels import'.");
        requests.MapGet("/{id}/view", async (string id, RunQueries queries, CancellationToken cancellation) => await queries.LabelRequestPreviewAsync(DecodeId(id), cancellation) switch
            {
                null => Problems.NoLabelRequest(DecodeId(id)),
                { Png: { } png } => TypedResults.File(png, "image/png"),
                var preview => TypedResults.Text(preview.Text, "text/plain", Encoding.UTF8),
            })
            .Produces(StatusCodes.Status200OK, contentType: "image/png", additionalContentTypes: "text/plain").ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getLabelRequestPreview")
            .WithSummary("Returns the input of an open label request, as a PNG image or as text.");
    }

    private static async Task<IResult> LabelRequestsAsync(string? top, string? format, RunQueries queries, CancellationToken cancellation)
    {
        var count = QueryParameter.WholeNumber("top", top, DefaultLabelRequests, 1, MaxLabelRequests);
        var kind = QueryParameter.OneOf("format", format, "json", "csv", "label-studio");
        var requests = await queries.LabelRequestsAsync(count, cancellation);
        return kind switch
        {
            "csv" => TypedResults.Text(requests.ToCsv(), CsvText.ContentType),
            "label-studio" => TypedResults.Bytes(requests.ToLabelStudio(), "application/json"),
            _ => TypedResults.Ok(requests),
        };
    }

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
            .WithSummary("Explains a candidate's hardness: the nearest positives and negatives in the model's embedding (or by their inputs if it has none), its loss history, and the assessment of its label.");
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

    private static async Task<IResult> HardNegativesAsync(string? top, string? search, string? label, string? format, RunQueries queries, CancellationToken cancellation)
    {
        var count = QueryParameter.WholeNumber("top", top, DefaultHardNegatives, 1, MaxHardNegatives);
        return Table(format, await queries.HardestAsync(count, new HardNegativeFilter(search ?? "", label ?? ""), cancellation), h => h.ToCsv());
    }

    private static IResult DeadLetterBytes(string id, string part, RunQueries queries)
    {
        if (part is not ("key" or "value"))
            throw new InvalidQueryParameterException($"The part must be key or value but is '{part}'.");
        var letter = queries.DeadLetter(id);
        return (part is "key" ? letter?.Key : letter?.Value) is { IsWhole: true } stored
            ? TypedResults.Bytes(stored.Content, "application/octet-stream", $"dead-letter-{letter!.Id}-{part}.bin")
            : Problems.NoDeadLetter(id, part);
    }

    private static IResult Table<T>(string? format, T table, Func<T, string> csv) =>
        QueryParameter.IsCsv(format) ? TypedResults.Text(csv(table), CsvText.ContentType) : TypedResults.Ok(table);

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
