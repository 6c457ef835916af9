using HnmStreams.Configuration.Sections;
using HnmStreams.Web.Api;
using HnmStreams.Web.Api.Description;
using HnmStreams.Web.Api.Models;
using HnmStreams.Web.Dashboard;
using HnmStreams.Web.Events;
using HnmStreams.Web.Limits;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Operating;
using HnmStreams.Web.Report;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Web;

/// <summary>Registration of the API, the health checks and the page.</summary>
internal static class WebSetup
{
    public static void AddWeb(this IServiceCollection services, HttpOptions http)
    {
        services.AddWebServer(http);
        services.AddHealthChecks()
            .AddCheck<LearnerIsLive>(LearnerIsLive.Name)
            .AddCheck<LearnerIsReady>(LearnerIsReady.Name);
        services.AddSingleton<RunHistory>();
        services.AddHostedService(s => s.GetRequiredService<RunHistory>());
        services.AddSingleton<EventLog>();
        services.AddSingleton<EventRecorder>();
        services.AddHostedService(s => s.GetRequiredService<EventRecorder>());
        services.AddSingleton<RunJournal>();
        services.AddSingleton(s => new GpuMonitor(GpuMonitor.RunAsync, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<GpuMonitor>>()));
        services.AddSingleton<SystemState>();
        services.AddSingleton<LearnerOperations>();
        services.AddSingleton<RunQueries>();
        services.AddSingleton(s => new ModelQueries(s.GetRequiredService<RunQueries>().ModelSource));
        services.AddSingleton<RunReports>();
        services.AddSingleton(new AccessToken(http.Token));
        services.AddDashboard();
    }

    /// <summary>Adds the common part of the web applications of the service: limits, problem details, the description of the API, and the model's queries except their source.</summary>
    public static void AddWebServer(this IServiceCollection services, HttpOptions http)
    {
        services.AddHostFiltering(o =>
        {
            o.AllowedHosts = [.. http.Hosts];
            o.AllowEmptyHosts = false;
            o.IncludeFailureMessage = false;
        });
        services.AddServerLimits(http);
        services.AddConcurrencyLimits(http);
        services.AddSingleton(http);
        services.AddSingleton<ModelDownloads>();
        services.AddRouting();
        services.AddProblemDetails();
        services.AddApiDescription();
        services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
    }

    /// <summary>Maps all routes except <c>/metrics</c>, which the telemetry maps.</summary>
    public static void MapWeb(this WebApplication app)
    {
        app.UseWebServer();
        app.UseCircuitGuard(app.Services.GetRequiredService<HttpOptions>().MaxCircuits);
        app.MapHealthChecks("/healthz/live", WithCheck(LearnerIsLive.Name));
        app.MapHealthChecks("/healthz/ready", WithCheck(LearnerIsReady.Name));
        app.MapOpenApi();
        app.MapLearner();
        app.MapRecoveries();
        app.MapTraces();
        app.MapReport();
        app.MapModels();
        app.MapOperations();
        app.MapDashboard();
    }

    /// <summary>Adds the common middleware of the web applications of the service.</summary>
    public static void UseWebServer(this WebApplication app)
    {
        app.UseHostFiltering();
        app.UseHeadAsGet();
        app.UseRouting();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRateLimiter();
    }

    /// <summary>Returns the options of a health endpoint with one check, whose answer is a line of text.</summary>
    public static HealthCheckOptions WithCheck(string name) => new()
    {
        Predicate = check => check.Name.Equals(name, StringComparison.Ordinal),
        ResponseWriter = (context, report) => context.Response.WriteAsync(Describe(report), context.RequestAborted),
    };

    private static string Describe(HealthReport report) =>
        string.Join("; ", report.Entries.Values.Select(e => e.Description).Where(d => d is not null).Prepend(report.Status.ToString())) + "\n";
}
