using HnmStreams.Configuration.Sections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HnmStreams.Web.Limits;

/// <summary>The limits of connections and bodies, which bound the memory that callers can occupy.</summary>
/// <remarks>
/// A connection takes at most 0.3 MiB: buffers of <see cref="RequestBufferBytes"/> and 64 KiB, and 32 KiB of headers. Slow senders
/// and readers are disconnected, so that a few of them cannot hold all connections.
/// </remarks>
internal static class ServerLimits
{
    /// <summary>The maximum size of a request body, unless the endpoint sets another one.</summary>
    public const int BodyBytes = 64 * 1024;

    private const int RequestBufferBytes = 128 * 1024;

    // Bytes per second. The grace period covers the start of a connection on a loaded machine.
    private const double SlowestBody = 4096;
    private const double SlowestResponse = 1024;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(60);

    public static void AddServerLimits(this IServiceCollection services, HttpOptions http) => services.Configure<KestrelServerOptions>(server =>
    {
        server.AddServerHeader = false;
        var limits = server.Limits;
        limits.MaxConcurrentConnections = http.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = http.MaxCircuits;
        limits.MaxRequestBodySize = BodyBytes;
        limits.MaxRequestBufferSize = RequestBufferBytes;
        limits.MinRequestBodyDataRate = new MinDataRate(SlowestBody, Grace);
        limits.MinResponseDataRate = new MinDataRate(SlowestResponse, Grace);
        limits.RequestHeadersTimeout = HeadersTimeout;
        limits.KeepAliveTimeout = KeepAliveTimeout;
    });
}
