using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Running;
using HnmStreams.Host.Telemetry;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Pipeline;
using HnmStreams.Tasks;
using HnmStreams.Torch.Telemetry;

namespace HnmStreams.Host.Bench.Watched;

/// <summary>
/// All of the service's telemetry at its defaults, beside a run: every meter, the metrics page asked as often as
/// <c>config/prometheus.yml</c> asks, and a collector that takes traces, metrics and logs (and drops them).
/// </summary>
internal sealed class Watch : IAsyncDisposable
{
    private static readonly TimeSpan ScrapeEvery = TimeSpan.FromSeconds(5);

    private readonly WebApplication _collector;
    private readonly WebApplication _pages;
    private readonly LearnerView _view;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private Task _scraping = Task.CompletedTask;

    private Watch(WebApplication collector, WebApplication pages, LearnerView view, TimeProvider time)
    {
        (_collector, _pages, _view, _time) = (collector, pages, view, time);
        _http = new HttpClient { BaseAddress = new Uri(pages.Urls.First()) };
    }

    public static async Task<Watch> StartAsync(TimeProvider time)
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
        var pages = Page(view, new TelemetryOptions { OtlpEndpoint = new Uri(collector.Urls.First()), OtlpProtocol = "http/protobuf" }, time);
        await pages.StartAsync();
        var watch = new Watch(collector, pages, view, time);
        // What only starting costs is nobody's throughput.
        await watch.ScrapeOnceAsync();
        return watch;
    }

    /// <summary>The gauges look at this learner, and scraping begins.</summary>
    public void Attach(MiningPipeline pipeline, RecordConsumer consumer, IMiningTask task)
    {
        _view.Attach(
            new RunDescription("bench", "", "", Embedded: true, "", null),
            new LearnerSources(() => pipeline.Status, () => consumer.Status, pipeline, pipeline.CheckpointAsync, new IntakeGate(consumer.Chunks), task));
        _scraping = ScrapeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _scraping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _pages.StopAsync();
        await _pages.DisposeAsync();
        await _collector.StopAsync();
        await _collector.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    // What the service has beside telemetry (other pages, the learner's actors) is no part of what telemetry costs.
    private static WebApplication Page(LearnerView view, TelemetryOptions options, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "hnm", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(time).AddSingleton(view).AddSingleton<HostInstruments>().AddSingleton<TorchInstruments>();
        builder.AddTelemetry(options, new Dictionary<string, string>(StringComparer.Ordinal));
        var page = builder.Build();
        _ = page.Services.GetRequiredService<HostInstruments>();
        _ = page.Services.GetRequiredService<TorchInstruments>();
        page.MapPrometheusScrapingEndpoint("/metrics");
        return page;
    }

    private async Task ScrapeAsync()
    {
        while (true)
        {
            await Task.Delay(ScrapeEvery, _time, _stop.Token);
            await ScrapeOnceAsync();
        }
    }

    private async Task ScrapeOnceAsync() => await _http.GetByteArrayAsync(new Uri("/metrics", UriKind.Relative), _stop.Token);
}
