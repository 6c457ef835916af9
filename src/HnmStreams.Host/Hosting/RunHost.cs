using Akka.Actor;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Mlflow;
using HnmStreams.Host.Telemetry;
using HnmStreams.Host.Terminal;
using HnmStreams.Pipeline.Cluster.Remoting;
using HnmStreams.Torch.Telemetry;
using HnmStreams.Web;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Operating;
using HnmStreams.Web.Report;
using HnmStreams.Web.Tracing;

namespace HnmStreams.Host.Hosting;

/// <summary>The host of a run: web application, telemetry, logs and actor system.</summary>
internal sealed class RunHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunHost(WebApplication app) => _app = app;

    public ActorSystem Actors => _app.Services.GetRequiredService<ActorSystem>();

    /// <summary>The event log and the history that the run stores in its checkpoint folder.</summary>
    public RunJournal Journal => _app.Services.GetRequiredService<RunJournal>();

    /// <summary>The history of the run, oldest first.</summary>
    public IReadOnlyList<RunPoint> History => _app.Services.GetRequiredService<RunHistory>().ComparablePoints;

    /// <summary>The writer of reports about the run.</summary>
    public RunReports Reports => _app.Services.GetRequiredService<RunReports>();

    /// <summary>The certificates of this member of a cluster; null without TLS or without a cluster.</summary>
    public NodeCertificates? Certificates => _app.Services.GetService<RemotingSettings>()?.Certificates;

    public ILoggerFactory Logs => _app.Services.GetRequiredService<ILoggerFactory>();

    /// <summary>The first address that the web application listens on; null if it is off.</summary>
    public Uri? Address => ServiceBuilder.AddressOf(_app);

    /// <summary>Starts the host.</summary>
    /// <param name="anyPortIfTaken">Uses a free loopback port if the configured address is in use, and reports that through <paramref name="report"/>.</param>
    /// <param name="recent">Receives the logs while the live display uses the terminal; null writes them to standard error.</param>
    /// <exception cref="SettingsException">The address is in use or cannot be bound.</exception>
    public static async Task<RunHost> StartAsync(
        HnmOptions options, LearnerView view, RecentLog? recent, bool anyPortIfTaken, Action<string> report, IReadOnlyDictionary<string, string> environment, TimeProvider time, EffectiveSettings? settings = null)
    {
        var app = Build(options, options.Http.Addresses, view, recent, environment, time, settings);
        try
        {
            await app.StartAsync();
            return new RunHost(app);
        }
        catch (Exception e) when (ServiceBuilder.IsAddressFailure(e))
        {
            await app.DisposeAsync();
            if (!anyPortIfTaken)
                throw ServiceBuilder.AddressError(options, e);
            report($"The address {options.Http.Urls} is not available ({e.Message.TrimEnd('.')}). A free port is used instead.");
        }

        var fallback = Build(options, ["http://127.0.0.1:0"], view, recent, environment, time, settings);
        await fallback.StartAsync();
        return new RunHost(fallback);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Builds the web application without starting it.</summary>
    internal static WebApplication Build(
        HnmOptions options, IReadOnlyList<string> addresses, LearnerView view, RecentLog? recent, IReadOnlyDictionary<string, string> environment, TimeProvider time, EffectiveSettings? settings = null)
    {
        var builder = ServiceBuilder.Create(options, addresses, recent, environment, time);
        builder.Services.AddSingleton(view);
        builder.Services.AddSingleton(settings ?? new EffectiveSettings([]));
        builder.Services.AddSingleton(_ => new TraceStore(addresses.Count > 0 ? options.Telemetry.KeptTraces : 0));
        builder.Services.AddSingleton<HostInstruments>();
        builder.Services.AddSingleton<ClusterInstruments>();
        builder.Services.AddSingleton<GpuInstruments>();
        builder.Services.AddHostedService<TensorBoardCurves>();
        if (MlflowRegistry.Of(options.Models.Mlflow, environment) is { } registry)
            builder.Services.AddSingleton(registry).AddHostedService<MlflowRegistration>();
        builder.Services.AddWeb(options.Http);

        var app = builder.Build();
        // Instruments are registered when they are constructed.
        _ = app.Services.GetRequiredService<HostInstruments>();
        _ = app.Services.GetRequiredService<ClusterInstruments>();
        _ = app.Services.GetRequiredService<TraceStore>();
        _ = app.Services.GetRequiredService<TorchInstruments>();
        _ = app.Services.GetRequiredService<GpuInstruments>();
        if (addresses.Count > 0)
        {
            app.MapWeb();
            app.MapPrometheusScrapingEndpoint("/metrics");
        }

        return app;
    }
}
