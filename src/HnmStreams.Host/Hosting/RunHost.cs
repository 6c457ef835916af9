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
using HnmStreams.Web.Monitoring;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

namespace HnmStreams.Host.Hosting;

/// <summary>What surrounds a run: pages, telemetry, logs and the actor system.</summary>
internal sealed class RunHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunHost(WebApplication app) => _app = app;

    public ActorSystem Actors => _app.Services.GetRequiredService<ActorSystem>();

    public ILoggerFactory Logs => _app.Services.GetRequiredService<ILoggerFactory>();

    /// <summary>The first address of the pages as it came to be; null where there are none.</summary>
    public Uri? Pages =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
            ? new Uri(address.Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal).Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal))
            : null;

    /// <param name="mayMove">Where the address is taken, any free loopback port will do instead, and <paramref name="say"/> hears of it.</param>
    /// <param name="recent">Takes the logs where the live display has the terminal; null writes them to standard error.</param>
    /// <exception cref="SettingsException">The address is taken and may not be moved, or cannot be bound.</exception>
    public static async Task<RunHost> StartAsync(
        HnmOptions options, LearnerView view, RecentLog? recent, bool mayMove, Action<string> say, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        var app = Build(options, options.Http.Addresses, view, recent, environment, time);
        try
        {
            await app.StartAsync();
            return new RunHost(app);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync();
            if (!mayMove)
                throw new SettingsException($"http.urls = '{options.Http.Urls}': {e.Message} Allowed is an address that is free here, port 0 (any free port), or off", e);
            say($"http.urls = {options.Http.Urls} cannot be had ({e.Message.TrimEnd('.')}): the pages are elsewhere.");
        }

        var moved = Build(options, ["http://127.0.0.1:0"], view, recent, environment, time);
        await moved.StartAsync();
        return new RunHost(moved);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>The web application alone, for <see cref="StartAsync"/> and for tests of the pages.</summary>
    internal static WebApplication Build(
        HnmOptions options, IReadOnlyList<string> addresses, LearnerView view, RecentLog? recent, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "hnm", ContentRootPath = AppContext.BaseDirectory });
        AddLogging(builder, options.Telemetry.LogLevel, recent);
        if (addresses.Count > 0)
            builder.WebHost.UseKestrelCore().UseUrls([.. addresses]).UseStaticWebAssets();
        else
            builder.Services.AddSingleton<IServer, NullServer>();
        // Signals are the command's: the first one drains, which takes its time.
        builder.Services.AddSingleton<IHostLifetime, NullLifetime>();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(view);
        builder.Services.AddSingleton(new ExampleDecoder(options.Wire));
        builder.Services.AddSingleton<HostInstruments>();
        builder.Services.AddSingleton<TorchInstruments>();
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
        // Gauges are read when somebody asks, and there from when they are made.
        _ = app.Services.GetRequiredService<HostInstruments>();
        _ = app.Services.GetRequiredService<TorchInstruments>();
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
            // Keys are in memory only, so that they are not encrypted there is no news.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // What keeps the host from starting is told by whoever starts it.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None).AddFilter("Akka", LogLevel.Warning);
        if (recent is not null)
        {
            builder.Logging.AddProvider(recent);
            return;
        }

        builder.Logging.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
