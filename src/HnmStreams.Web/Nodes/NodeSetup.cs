using HnmStreams.Configuration.Sections;
using HnmStreams.Web.Api;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HnmStreams.Web.Nodes;

/// <summary>Registration of the API and the health checks of a score node. It has no page: that of the learner shows all nodes.</summary>
internal static class NodeSetup
{
    public static void AddNode(this IServiceCollection services, HttpOptions http)
    {
        services.AddWebServer(http);
        services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, NodeJson.Default));
        services.AddHealthChecks()
            .AddCheck<NodeIsLive>(NodeIsLive.Name)
            .AddCheck<NodeIsReady>(NodeIsReady.Name);
    }

    /// <summary>Maps all routes except <c>/metrics</c>, which the telemetry maps.</summary>
    public static void MapNode(this WebApplication app)
    {
        app.UseWebServer();
        app.MapHealthChecks("/healthz/live", WebSetup.WithCheck(NodeIsLive.Name));
        app.MapHealthChecks("/healthz/ready", WebSetup.WithCheck(NodeIsReady.Name));
        app.MapOpenApi();
        app.MapGroup("/api").AddEndpointFilter(Problems.FilterAsync).WithTags("Score node")
            .MapGet("/status", (NodeView view) => TypedResults.Ok(NodeResponse.Of(view)))
            .WithName("getStatus")
            .WithSummary("Returns the partitions that the node reads, the rows that it has scored, and what it has sent to the learner.");
    }
}

/// <summary>The liveness check: unhealthy after the node has failed for good, so that an orchestrator restarts the process.</summary>
internal sealed class NodeIsLive(NodeView view) : IHealthCheck
{
    public const string Name = "live";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(view.HasFailed ? HealthCheckResult.Unhealthy("The process has failed.") : HealthCheckResult.Healthy());
}

/// <summary>The readiness check: healthy while the node has a session with a learner.</summary>
internal sealed class NodeIsReady(NodeView view) : IHealthCheck
{
    public const string Name = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(view.WaitsFor is { } reason ? HealthCheckResult.Unhealthy($"The node does not score: {reason}.") : HealthCheckResult.Healthy());
}
