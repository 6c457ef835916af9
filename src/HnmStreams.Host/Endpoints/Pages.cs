using System.Globalization;
using HnmStreams.Host.Health;
using HnmStreams.Host.Running;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HnmStreams.Host.Endpoints;

/// <summary>All addresses that the service answers.</summary>
internal static class Pages
{
    public const int MostHardNegatives = 1_000;
    private const int UsualHardNegatives = 20;

    private static readonly (string Path, string Says)[] Index =
    [
        ("/api/status", "how the run is doing (JSON); POST /api/checkpoint, /api/pause and /api/resume change it, with http.token"),
        ("/api/hard-negatives?top=20", "the hardest negatives in the pool (JSON)"),
        ("/metrics", "metrics for Prometheus"),
        ("/healthz/live", "200 unless the learner has failed"),
        ("/healthz/ready", "200 while records are taken"),
    ];

    public static void AddPages(this IServiceCollection services, HttpOptions http)
    {
        services.AddHostFiltering(o => o.AllowedHosts = [.. http.Hosts]);
        services.AddRoutingCore();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        services.AddHealthChecks()
            .AddCheck<LearnerIsLive>(LearnerIsLive.Name)
            .AddCheck<LearnerIsReady>(LearnerIsReady.Name);
    }

    /// <summary>Maps everything but <c>/metrics</c>, which belongs to telemetry.</summary>
    public static void MapPages(this WebApplication app, HttpOptions http)
    {
        app.UseHostFiltering();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapGet("/", () => Results.Content(IndexPage(), "text/html; charset=utf-8"));
        app.MapHealthChecks("/healthz/live", Only(LearnerIsLive.Name));
        app.MapHealthChecks("/healthz/ready", Only(LearnerIsReady.Name));
        app.MapGet("/api/status", (LearnerView view) => TypedResults.Ok(StatusResponse.Of(view.Look())));
        app.MapGet("/api/hard-negatives", HardNegativesAsync);
        app.MapOperations(http.Token);
    }

    private static async Task<IResult> HardNegativesAsync(string? top, LearnerView view, CancellationToken cancellation)
    {
        var count = UsualHardNegatives;
        if (top is not null && (!int.TryParse(top, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MostHardNegatives))
            return Results.Problem($"top = '{top}': allowed is a whole number, 1 to {MostHardNegatives}", statusCode: StatusCodes.Status400BadRequest);
        if (view.Sources is not { } sources || view.Phase is not (RunPhase.Learning or RunPhase.Draining))
            return Results.Problem($"there is no learner to ask: the run is {view.Phase.ToString().ToLowerInvariant()}", statusCode: StatusCodes.Status503ServiceUnavailable);
        return TypedResults.Ok(HardNegativesResponse.Of(count, await sources.Hardest(count, cancellation)));
    }

    private static HealthCheckOptions Only(string name) => new()
    {
        Predicate = check => check.Name.Equals(name, StringComparison.Ordinal),
        ResponseWriter = (context, report) => context.Response.WriteAsync(Describe(report), context.RequestAborted),
    };

    private static string Describe(HealthReport report) =>
        string.Join("; ", report.Entries.Values.Select(e => e.Description).Where(d => d is not null).Prepend(report.Status.ToString())) + "\n";

    private static string IndexPage() =>
        "<!doctype html><meta charset=\"utf-8\"><title>HnmStreams</title><h1>HnmStreams</h1><ul>"
        + string.Concat(Index.Select(page => $"<li><a href=\"{page.Path}\">{page.Path}</a>: {page.Says}</li>"))
        + "</ul>";
}
