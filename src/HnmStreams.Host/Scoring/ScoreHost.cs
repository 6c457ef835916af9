using Akka.Actor;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Hosting;
using HnmStreams.Host.Telemetry;
using HnmStreams.Pipeline.Cluster.Remoting;
using HnmStreams.Torch.Telemetry;
using HnmStreams.Web.Nodes;

namespace HnmStreams.Host.Scoring;

/// <summary>The host of a score node: web application, telemetry, logs and actor system.</summary>
internal sealed class ScoreHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScoreHost(WebApplication app) => _app = app;

    public ActorSystem Actors => _app.Services.GetRequiredService<ActorSystem>();

    /// <summary>The certificates of this node; null without TLS.</summary>
    public NodeCertificates? Certificates => _app.Services.GetRequiredService<RemotingSettings>().Certificates;

    public ILoggerFactory Logs => _app.Services.GetRequiredService<ILoggerFactory>();

    /// <summary>The first address that the web application listens on; null if it is off.</summary>
    public Uri? Address => ServiceBuilder.AddressOf(_app);

    /// <summary>Starts the host.</summary>
    /// <exception cref="SettingsException">The address is in use or cannot be bound.</exception>
    public static async Task<ScoreHost> StartAsync(HnmOptions options, NodeView view, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        var addresses = options.Http.Addresses;
        var builder = ServiceBuilder.Create(options, addresses, recent: null, environment, time);
        builder.Services.AddSingleton(view);
        builder.Services.AddSingleton<NodeInstruments>();
        builder.Services.AddNode(options.Http);
        var app = builder.Build();
        // Instruments are registered when they are constructed.
        _ = app.Services.GetRequiredService<NodeInstruments>();
        _ = app.Services.GetRequiredService<TorchInstruments>();
        if (addresses.Count > 0)
        {
            app.MapNode();
            app.MapPrometheusScrapingEndpoint("/metrics");
        }

        await ServiceBuilder.StartAsync(app, options);
        return new ScoreHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
