using System.Globalization;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Tracing;

namespace HnmStreams.Web.Api;

/// <summary>Endpoints that read the recent traces of records.</summary>
internal static class TraceEndpoints
{
    public const int MaxTraces = 1_000;
    private const int DefaultTraces = 50;

    public static void MapTraces(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/traces").AddEndpointFilter(Problems.FilterAsync).WithTags("Learner").ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("", Search)
            .WithName("getTraces")
            .WithSummary($"Returns recent traces of records, newest first: 'record' is a record's key, 'partition' and 'offset' its origin, 'outcome' one of {string.Join(", ", TraceSearch.Outcomes)}; 'limit' is 1 to {MaxTraces} (default {DefaultTraces}).");
        api.MapGet("/{id}", Get)
            .Produces<TraceResponse>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getTrace")
            .WithSummary("Returns a trace of a record with all spans: consumption, batch, score, rank, and each training step and version that followed.");
    }

    private static TracesResponse Search(string? record, string? partition, string? offset, string? outcome, string? limit, TraceStore store)
    {
        var search = new TraceSearch(record, (int?)Number("partition", partition, int.MaxValue), Number("offset", offset, long.MaxValue), Known(outcome));
        var count = QueryParameter.WholeNumber("limit", limit, DefaultTraces, 1, MaxTraces);
        return new TracesResponse(store.IsEnabled, [.. store.All().Where(search.Matches).Take(count).Select(TraceSummaryResponse.Of)]);
    }

    private static IResult Get(string id, TraceStore store) => store.Find(id) is { } trace
        ? TypedResults.Ok(TraceResponse.Of(trace))
        : TypedResults.Problem($"There is no trace '{id}': its record was not sampled (telemetry.traceShare), or newer traces have replaced it (telemetry.keptTraces).", statusCode: StatusCodes.Status404NotFound);

    private static string? Known(string? outcome) => outcome is null || TraceSearch.Outcomes.Contains(outcome, StringComparer.Ordinal)
        ? outcome
        : throw new InvalidQueryParameterException($"'outcome' must be one of {string.Join(", ", TraceSearch.Outcomes)} but is '{outcome}'.");

    private static long? Number(string name, string? text, long maximum)
    {
        if (text is null)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= maximum
            ? number
            : throw new InvalidQueryParameterException($"'{name}' must be a whole number from 0 to {maximum} but is '{text}'.");
    }
}
