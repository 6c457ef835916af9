using System.Globalization;
using System.Text;
using HnmStreams.Web.Report;

namespace HnmStreams.Web.Api;

/// <summary>The endpoint of the report.</summary>
internal static class ReportEndpoints
{
    public static void MapReport(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/report", async (RunReports reports, TimeProvider time, CancellationToken cancellation) => TypedResults.File(
                Encoding.UTF8.GetBytes(await reports.WriteAsync(null, cancellation)),
                "text/html; charset=utf-8",
                string.Create(CultureInfo.InvariantCulture, $"hnm-report-{time.GetUtcNow():yyyyMMdd-HHmmss}.html")))
            .AddEndpointFilter(Problems.FilterAsync).WithTags("Learner")
            .Produces(StatusCodes.Status200OK, contentType: "text/html")
            .WithName("getReport")
            .WithSummary("Returns a report about the run as one HTML file without scripts: curves, verdict, cost, hardest negatives, suspected label errors, and the settings that differ from the defaults.");
}
