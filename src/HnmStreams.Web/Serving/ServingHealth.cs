using HnmStreams.Pipeline.Serving;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HnmStreams.Web.Serving;

/// <summary>The liveness check: unhealthy after the stream has failed for good, so that an orchestrator restarts the process.</summary>
internal sealed class ServingIsLive(ServingView view) : IHealthCheck
{
    public const string Name = "live";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(view.Phase == ServingPhase.Failed ? HealthCheckResult.Unhealthy("The process has failed.") : HealthCheckResult.Healthy());
}

/// <summary>
/// The readiness check: healthy while a model is served. The state of the stream is described only, because requests do not depend on it.
/// </summary>
internal sealed class ServingIsReady(ServingView view) : IHealthCheck
{
    public const string Name = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (view.Pipeline?.Status.Models is not { } models)
            return HealthCheckResult.Unhealthy("The process is starting.");
        if (models.Model is not { } model)
            return HealthCheckResult.Unhealthy(new NoModelException(models.Folder).Message);
        if (view.Phase is ServingPhase.Draining or ServingPhase.Stopped or ServingPhase.Failed)
            return HealthCheckResult.Unhealthy($"The phase of the process is '{view.Phase.ToString().ToLowerInvariant()}'.");
        return HealthCheckResult.Healthy($"Version {model.Version} is served.{Stream()}");
    }

    private string Stream()
    {
        if (view.WaitsFor is { } reason)
            return $" The stream waits: {reason}";
        if (view.Stream?.Consumer() is not { } consumer)
            return "";
        if (consumer.UnreachableSince is { } since)
            return $" No broker has answered since {since:u}.";
        return consumer.Partitions.Any(static partition => partition.IsAssigned) ? "" : " No partition of the stream is assigned to this process.";
    }
}
