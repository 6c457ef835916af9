using System.Net.Sockets;
using Akka.Actor;
using Akka.Hosting;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Telemetry;
using HnmStreams.Host.Terminal;
using HnmStreams.Torch.Telemetry;
using HnmStreams.Web;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Operating;
using HnmStreams.Web.Report;
using HnmStreams.Web.Tracing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

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

    public ILoggerFactory Logs => _app.Services.GetRequiredService<ILoggerFactory>();

    /// <summary>The first address that the web application listens on; null if it is off.</summary>
    public Uri? Address =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
            ? new Uri(address.Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal).Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal))
            : null;

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
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync();
            if (!anyPortIfTaken)
                throw new SettingsException($"'http.urls' must be free addresses, port 0 (any free port), or off, but is '{options.Http.Urls}': {e.Message.TrimEnd('.')}. Stop the process that uses the address, or choose another one.", e);
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
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "hnm", ContentRootPath = AppContext.BaseDirectory });
        AddLogging(builder, options.Telemetry.LogLevel, recent);
        if (addresses.Count > 0)
            builder.WebHost.UseKestrelCore().UseUrls([.. addresses]).UseStaticWebAssets();
        else
            builder.Services.AddSingleton<IServer, NullServer>();
        // The command handles signals, because the first one drains the run.
        builder.Services.AddSingleton<IHostLifetime, NullLifetime>();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(view);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new ExampleDecoder(options.Wire));
        builder.Services.AddSingleton(settings ?? new EffectiveSettings([]));
        builder.Services.AddSingleton(_ => new TraceStore(addresses.Count > 0 ? options.Telemetry.KeptTraces : 0));
        builder.Services.AddSingleton<HostInstruments>();
        builder.Services.AddSingleton<TorchInstruments>();
        builder.Services.AddSingleton<GpuInstruments>();
        builder.AddTelemetry(options.Telemetry, environment);
        builder.Services.AddWeb(options.Http);
        builder.Services.AddAkka("hnm", akka => akka
            .AddHocon("akka { stdout-loglevel = OFF, coordinated-shutdown.run-by-clr-shutdown-hook = off }", HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            }));

        var app = builder.Build();
        // Instruments are registered when they are constructed.
        _ = app.Services.GetRequiredService<HostInstruments>();
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

    private static void AddLogging(WebApplicationBuilder builder, LogLevel level, RecentLog? recent)
    {
        builder.Logging.SetMinimumLevel(level).AddFilter("Microsoft", LogLevel.Warning)
            // The keys are kept in memory only, so the warning that they are not encrypted does not apply.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // The caller reports failures to start.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None).AddFilter("Akka", LogLevel.Warning);
        if (recent is not null)
        {
            builder.Logging.AddProvider(recent);
            return;
        }

        builder.Logging.AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>().AddConsole(o =>
        {
            o.FormatterName = LogLineFormatter.FormatterName;
            o.LogToStandardErrorThreshold = LogLevel.Trace;
        });
    }
}
