using Akka.Actor;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Hosting;
using HnmStreams.Host.Telemetry;
using HnmStreams.Torch.Telemetry;
using HnmStreams.Web.Serving;

namespace HnmStreams.Host.Serving;

/// <summary>The host of a serving process: web application, telemetry, logs and actor system.</summary>
internal sealed class ServeHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServeHost(WebApplication app) => _app = app;

    public ActorSystem Actors => _app.Services.GetRequiredService<ActorSystem>();

    public ILoggerFactory Logs => _app.Services.GetRequiredService<ILoggerFactory>();

    /// <summary>The first address that the web application listens on; null if it is off.</summary>
    public Uri? Address => ServiceBuilder.AddressOf(_app);

    /// <summary>Starts the host.</summary>
    /// <exception cref="SettingsException">The address is in use or cannot be bound.</exception>
    public static async Task<ServeHost> StartAsync(HnmOptions options, ServingView view, Func<int, string> labelName, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        var addresses = options.Http.Addresses;
        var builder = ServiceBuilder.Create(options, addresses, recent: null, environment, time);
        builder.Services.AddSingleton(view);
        builder.Services.AddSingleton<ServingInstruments>();
        builder.Services.AddServing(options.Http, labelName);
        var app = builder.Build();
        // Instruments are registered when they are constructed.
        _ = app.Services.GetRequiredService<ServingInstruments>();
        _ = app.Services.GetRequiredService<TorchInstruments>();
        if (addresses.Count > 0)
        {
            app.MapServing();
            app.MapPrometheusScrapingEndpoint("/metrics");
        }

        await ServiceBuilder.StartAsync(app, options);
        return new ServeHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
