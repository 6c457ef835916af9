using HnmStreams.Kafka.Consuming.Status;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HnmStreams.Web.Monitoring;

/// <summary>Live: the learner has not failed. An orchestrator restarts what is not live.</summary>
internal sealed class LearnerIsLive(LearnerView view) : IHealthCheck
{
    public const string Name = "live";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(view.Phase == RunPhase.Failed
            ? HealthCheckResult.Unhealthy("the learner has failed")
            : HealthCheckResult.Healthy());
}

/// <summary>Ready: partitions are assigned and their records are taken.</summary>
internal sealed class LearnerIsReady(LearnerView view) : IHealthCheck
{
    public const string Name = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge());

    private HealthCheckResult Judge()
    {
        var phase = view.Phase;
        if (phase != RunPhase.Learning || view.Sources is not { } sources)
            return HealthCheckResult.Unhealthy($"the run is {phase.ToString().ToLowerInvariant()}" + (view.Look().WaitsFor is { } reason ? $": {reason}" : ""));
        if (sources.Gate.IsPaused)
            return HealthCheckResult.Unhealthy("paused by request: POST /api/resume goes on");
        var consumer = sources.Consumer();
        if (consumer.UnreachableSince is { } since)
            return HealthCheckResult.Unhealthy($"no broker answers since {since:u}; the service waits for it" + LastOf(consumer));
        if (!consumer.Partitions.Any(partition => partition.IsAssigned))
            return HealthCheckResult.Unhealthy("no partition is assigned" + LastOf(consumer));
        return consumer.Paused ? HealthCheckResult.Unhealthy("all partitions are paused: the learner takes no records") : HealthCheckResult.Healthy();
    }

    private static string LastOf(ConsumerStatus consumer) => consumer.LastError is { } error ? $"; last error {error.Code}" : "";
}
