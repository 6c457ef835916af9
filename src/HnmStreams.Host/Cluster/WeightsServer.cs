using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Cluster.Remoting;

namespace HnmStreams.Host.Cluster;

/// <summary>
/// The HTTP server at which score nodes load the learner's weights: <c>GET /weights</c> returns the newest version as safetensors, with its number in
/// the header <c>Hnm-Model-Version</c>, and <c>GET /weights/promoted</c> the promoted version with its card in the header <c>Hnm-Model-Card</c>, or 204 before the
/// first promotion. It has a separate port, because only members of the cluster may use it.
/// </summary>
internal sealed class WeightsServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private LearnerEdge? _edge;

    private WeightsServer(WebApplication app) => _app = app;

    /// <summary>The address for score nodes, with a slash at the end.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The edge of the learner in this process; null while it waits for the lease.</summary>
    public LearnerEdge? Edge
    {
        get => Volatile.Read(ref _edge);
        set => Volatile.Write(ref _edge, value);
    }

    /// <summary>Starts the server.</summary>
    /// <param name="certificates">With them, only nodes with a certificate of the cluster are answered; null answers anyone who reaches the address, which is a loopback address then.</param>
    /// <exception cref="SettingsException">The port is in use, or the address cannot be bound.</exception>
    public static async Task<WeightsServer> StartAsync(ClusterOptions options, NodeCertificates? certificates, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "hnm" });
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, NullLifetime>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(AddressOf(options.Host), options.WeightsPort, listen =>
        {
            if (certificates is not null)
                listen.UseHttps((_, _, _, _) => ValueTask.FromResult(certificates.ServerOptions(logs.CreateLogger<WeightsServer>())), null!);
        }));
        var app = builder.Build();
        var server = new WeightsServer(app);
        app.MapGet("/weights", server.WriteAsync);
        app.MapGet("/weights/promoted", server.WritePromotedAsync);
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new SettingsException($"'cluster.weightsPort' must be a free port of '{options.Host}', or 0 for any, but is {options.WeightsPort}: {e.Message.TrimEnd('.')}. Stop the process that uses it, or choose another one.", e);
        }

        server.Url = string.Create(CultureInfo.InvariantCulture, $"{(certificates is null ? "http" : "https")}://{options.PublicHost}:{new Uri(app.Urls.First()).Port}/");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task WriteAsync(HttpContext context)
    {
        if (Edge is not { } edge)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        long? batch = null;
        if (context.Request.Query["batch"] is { Count: > 0 } text)
        {
            if (!long.TryParse(text[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            batch = number;
        }

        try
        {
            var (version, weights) = await edge.WeightsAsync(batch).WaitAsync(context.RequestAborted);
            await WriteAsync(context, version, weights);
        }
        catch (ObjectDisposedException)
        {
            // The learner has ended meanwhile.
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private async Task WritePromotedAsync(HttpContext context)
    {
        if (Edge is not { } edge)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        if (edge.PromotedWeights() is not { } promoted)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.Headers[LearnerEdge.ModelCardHeader] = promoted.Card;
        await WriteAsync(context, promoted.Version, promoted.Safetensors);
    }

    private static async Task WriteAsync(HttpContext context, long version, ReadOnlyMemory<byte> weights)
    {
        context.Response.Headers[LearnerEdge.WeightsVersionHeader] = version.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = weights.Length;
        await context.Response.Body.WriteAsync(weights, context.RequestAborted);
    }

    private static IPAddress AddressOf(string host) => IPAddress.TryParse(host, out var address) ? address
        : string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : Dns.GetHostAddresses(host).FirstOrDefault() ?? throw new SettingsException($"'cluster.host' must be an address of this machine but is '{host}', which is unknown. Set an IP address, and the name in 'cluster.advertisedHost'.");
}
