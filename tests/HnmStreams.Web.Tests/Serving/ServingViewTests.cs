using System.Text.Json;
using HnmStreams.Web.Serving;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HnmStreams.Web.Tests.Serving;

/// <summary>Tests of a serving process as health checks and the API see it. With a model, the end-to-end tests show it.</summary>
public sealed class ServingViewTests
{
    private readonly ServingView _view = new(TimeProvider.System);

    [Fact]
    public async Task A_process_that_starts_is_alive_but_not_ready()
    {
        Assert.Equal(HealthStatus.Healthy, (await new ServingIsLive(_view).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status);
        var ready = await new ServingIsReady(_view).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
        Assert.Equal((HealthStatus.Unhealthy, "The process is starting."), (ready.Status, ready.Description));
    }

    [Fact]
    public async Task A_failed_process_is_not_alive()
    {
        _view.Enter(ServingPhase.Failed);
        Assert.Equal(HealthStatus.Unhealthy, (await new ServingIsLive(_view).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public void The_status_has_the_phase_and_the_reason_to_wait()
    {
        _view.WaitFor("there is no topic events");
        using var status = JsonDocument.Parse(JsonSerializer.Serialize(ServingResponse.Of(_view), ServingJson.Default.ServingResponse));
        Assert.Equal(
            ("starting", "there is no topic events", JsonValueKind.Null, JsonValueKind.Null),
            (status.RootElement.GetProperty("phase").GetString(), status.RootElement.GetProperty("waitsFor").GetString(), status.RootElement.GetProperty("models").ValueKind, status.RootElement.GetProperty("stream").ValueKind));
    }
}
