using HnmStreams.Kafka.Consuming.Status;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HnmStreams.Web.Monitoring;

/// <summary>The liveness check: unhealthy after the learner has failed, so that an orchestrator restarts the process.</summary>
internal sealed class LearnerIsLive(LearnerView view) : IHealthCheck
{
    public const string Name = "live";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(view.Phase == RunPhase.Failed
            ? HealthCheckResult.Unhealthy("The learner has failed.")
            : HealthCheckResult.Healthy());
}

/// <summary>The readiness check: healthy while partitions are assigned and their records are consumed. Otherwise it gives the reason.</summary>
internal sealed class LearnerIsReady(LearnerView view) : IHealthCheck
{
    public const string Name = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var phase = view.Phase;
        if (phase != RunPhase.Learning || view.Sources is not { } sources)
            return HealthCheckResult.Unhealthy($"The phase of the run is '{phase.ToString().ToLowerInvariant()}'" + (view.Snapshot().WaitsFor is { } reason ? $": {reason}" : "."));
        if (sources.Gate.IsPaused)
            return HealthCheckResult.Unhealthy("The intake is paused by request. POST /api/resume resumes it.");
        if (sources.DecodingWaitsFor() is { } missing)
            return HealthCheckResult.Unhealthy(missing);
        var consumer = sources.Consumer();
        if (consumer.UnreachableSince is { } since)
            return HealthCheckResult.Unhealthy($"No broker has answered since {since:u}. The consumer keeps retrying.{LastError(consumer)}");
        if (!consumer.Partitions.Any(partition => partition.IsAssigned))
            return HealthCheckResult.Unhealthy($"No partition is assigned.{LastError(consumer)}");
        if (consumer.Stuck is [var stuck, ..])
            return HealthCheckResult.Unhealthy($"Partition {stuck.Partition} has not advanced since {stuck.Since:u}, because offset {stuck.Offset} cannot be read ({stuck.Code}: {stuck.Text}).");
        return consumer.Paused ? HealthCheckResult.Unhealthy("All partitions are paused because the learner does not accept records.") : HealthCheckResult.Healthy();
    }

    private static string LastError(ConsumerStatus consumer) => consumer.LastError is { } error ? $" Last error: {error.Code}." : "";
}
