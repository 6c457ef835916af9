using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Running;
using Microsoft.AspNetCore.Builder;

namespace HnmStreams.Host.Tests.Endpoints;

/// <summary>The pages on a real server, on a port of its own.</summary>
internal sealed class RunningPages : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningPages(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static async Task<RunningPages> StartAsync(LearnerView view, string? token = null)
    {
        var options = new HnmOptions { Telemetry = { LogLevel = Microsoft.Extensions.Logging.LogLevel.Error }, Http = { Token = token } };
        var app = RunHost.Build(options, ["http://127.0.0.1:0"], view, null, new Dictionary<string, string>(StringComparer.Ordinal), TimeProvider.System);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningPages(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
