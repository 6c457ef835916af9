using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Intake;
using HnmStreams.Host.Telemetry;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Pipeline;
using HnmStreams.Tasks;
using HnmStreams.Torch.Telemetry;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Tracing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HnmStreams.Benchmarks.TelemetryOverhead;

/// <summary>
/// All of the service's telemetry at its defaults: every meter, <c>/metrics</c> scraped at the interval of
/// <c>config/prometheus.yml</c>, the page's traces in memory, and a collector that receives traces, metrics and logs and drops them.
/// </summary>
internal sealed class ServiceTelemetry : IAsyncDisposable
{
    private static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(5);

    private readonly WebApplication _collector;
    private readonly WebApplication _metrics;
    private readonly LearnerView _view;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private Task _scraping = Task.CompletedTask;

    private ServiceTelemetry(WebApplication collector, WebApplication metrics, LearnerView view, TimeProvider time)
    {
        (_collector, _metrics, _view, _time) = (collector, metrics, view, time);
        _http = new HttpClient { BaseAddress = new Uri(metrics.Urls.First()) };
    }

    public static async Task<ServiceTelemetry> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.Run(context =>
        {
            context.Response.ContentType = "application/x-protobuf";
            return context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        });
        await collector.StartAsync();
        var view = new LearnerView(time);
        var metrics = CreateMetricsApplication(view, new TelemetryOptions { OtlpEndpoint = new Uri(collector.Urls.First()), OtlpProtocol = "http/protobuf" }, time);
        await metrics.StartAsync();
        var telemetry = new ServiceTelemetry(collector, metrics, view, time);
        // The first scrape is expensive and happens before the measurement.
        await telemetry.ScrapeOnceAsync();
        return telemetry;
    }

    /// <summary>Connects the gauges to a learner and starts scraping.</summary>
    public void Attach(MiningPipeline pipeline, RecordConsumer consumer, IMiningTask task)
    {
        _view.Attach(
            new RunDescription("bench", "", "", Embedded: true, "", null),
            new LearnerSources(() => pipeline.Status, () => consumer.Status, pipeline.Questions, pipeline.CheckpointAsync, new PauseGate(), task));
        _scraping = ScrapeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _scraping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _metrics.StopAsync();
        await _metrics.DisposeAsync();
        await _collector.StopAsync();
        await _collector.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    // The other endpoints and the learner's actors are not part of the cost of telemetry.
    private static WebApplication CreateMetricsApplication(LearnerView view, TelemetryOptions options, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "hnm", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(time).AddSingleton(view).AddSingleton(_ => new TraceStore(options.KeptTraces)).AddSingleton<HostInstruments>().AddSingleton<TorchInstruments>();
        builder.AddTelemetry(options, new Dictionary<string, string>(StringComparer.Ordinal));
        var application = builder.Build();
        _ = application.Services.GetRequiredService<HostInstruments>();
        _ = application.Services.GetRequiredService<TraceStore>();
        _ = application.Services.GetRequiredService<TorchInstruments>();
        application.MapPrometheusScrapingEndpoint("/metrics");
        return application;
    }

    private async Task ScrapeAsync()
    {
        while (true)
        {
            await Task.Delay(ScrapeInterval, _time, _stop.Token);
            await ScrapeOnceAsync();
        }
    }

    private async Task ScrapeOnceAsync() => await _http.GetByteArrayAsync(new Uri("/metrics", UriKind.Relative), _stop.Token);
}
