using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Hosting;
using HnmStreams.Web.Monitoring;
using Microsoft.AspNetCore.Builder;

namespace HnmStreams.Web.Tests;

/// <summary>The web application on a real server with a free port.</summary>
internal sealed class RunningWebsite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningWebsite(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static async Task<RunningWebsite> StartAsync(LearnerView view, string? token = null, Action<HttpOptions>? configure = null)
    {
        var options = new HnmOptions { Telemetry = { LogLevel = Microsoft.Extensions.Logging.LogLevel.Error }, Http = { Token = token } };
        configure?.Invoke(options.Http);
        var app = RunHost.Build(options, ["http://127.0.0.1:0"], view, null, new Dictionary<string, string>(StringComparer.Ordinal), TimeProvider.System);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningWebsite(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
