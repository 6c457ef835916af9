using System.Net.Sockets;
using Akka.Hosting;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Application;
using HnmStreams.Host.Cluster;
using HnmStreams.Host.Telemetry;
using HnmStreams.Host.Terminal;
using HnmStreams.Torch.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

namespace HnmStreams.Host.Hosting;

/// <summary>The common part of the web applications of long-running commands: server, logs, telemetry, actor system, and the decoder of requests.</summary>
internal static class ServiceBuilder
{
    /// <param name="addresses">Empty for none.</param>
    /// <param name="recent">Receives the logs while the live display uses the terminal; null writes them to standard error.</param>
    public static WebApplicationBuilder Create(HnmOptions options, IReadOnlyList<string> addresses, RecentLog? recent, IReadOnlyDictionary<string, string> environment, TimeProvider time)
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
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new ExampleDecoder(options.Wire));
        builder.Services.AddSingleton<TorchInstruments>();
        builder.AddTelemetry(options.Telemetry, environment);
        var remoting = options.Cluster.Enabled ? ClusterMembership.Remoting(options.Cluster, time) : null;
        if (remoting is not null)
            builder.Services.AddSingleton(_ => remoting);
        builder.Services.AddAkka(ClusterMembership.SystemName, akka =>
        {
            akka.AddHocon("akka { stdout-loglevel = OFF, coordinated-shutdown.run-by-clr-shutdown-hook = off }", HoconAddMode.Prepend);
            if (remoting is not null)
                ClusterMembership.Configure(akka, options.Cluster, remoting);
            akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLogger<ActorSystemLog>();
            });
        });
        return builder;
    }

    /// <summary>Starts an application, or disposes it.</summary>
    /// <exception cref="SettingsException">The address is in use or cannot be bound.</exception>
    public static async Task StartAsync(WebApplication app, HnmOptions options)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (IsAddressFailure(e))
        {
            await app.DisposeAsync();
            throw AddressError(options, e);
        }
    }

    /// <summary>Returns the first address that a started application listens on; null if it is off.</summary>
    public static Uri? AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
            ? new Uri(address.Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal).Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal))
            : null;

    /// <summary>Returns true for the failure of a server whose address cannot be bound.</summary>
    public static bool IsAddressFailure(Exception error) => error is IOException or SocketException;

    /// <summary>Returns the error for an address that cannot be bound.</summary>
    public static SettingsException AddressError(HnmOptions options, Exception error) =>
        new($"'http.urls' must be free addresses, port 0 (any free port), or off, but is '{options.Http.Urls}': {error.Message.TrimEnd('.')}. Stop the process that uses the address, or choose another one.", error);

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
