using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Benchmarks.Transport;

/// <summary>A client stream of gRPC over HTTP/2 without TLS, whose messages are byte arrays without an envelope.</summary>
internal sealed class GrpcTransport : IPartTransport
{
    private readonly WebApplication _server;
    private readonly GrpcChannel _channel;

    private GrpcTransport(WebApplication server, GrpcChannel channel) => (_server, _channel) = (server, channel);

    public string Name => "gRPC";

    public static async Task<GrpcTransport> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(static kestrel => kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(static grpc => grpc.MaxReceiveMessageSize = null);
        var server = builder.Build();
        server.MapGrpcService<PartService>();
        await server.StartAsync(cancellation);
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new GrpcTransport(server, GrpcChannel.ForAddress(address));
    }

    public async Task<long> SendAsync(byte[] part, int count, CancellationToken cancellation)
    {
        using var call = _channel.CreateCallInvoker().AsyncClientStreamingCall(PartServiceBase.Method, host: null, new CallOptions(cancellationToken: cancellation));
        for (var i = 0; i < count; i++)
            await call.RequestStream.WriteAsync(part, cancellation);
        await call.RequestStream.CompleteAsync();
        return BitConverter.ToInt64(await call.ResponseAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }
}

/// <summary>The service of a stream of parts, in the form that the server binds: a virtual method of a base class, found by its name.</summary>
[BindServiceMethod(typeof(PartServiceBase), nameof(Bind))]
internal abstract class PartServiceBase
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    public static Method<byte[], byte[]> Method { get; } = new(MethodType.ClientStreaming, "hnm.benchmarks.Parts", nameof(Receive), Bytes, Bytes);

    /// <summary>Called by the server with null to learn the methods.</summary>
    public static void Bind(ServiceBinderBase binder, PartServiceBase? service) =>
        binder.AddMethod(Method, service is null ? null : new ClientStreamingServerMethod<byte[], byte[]>(service.Receive));

    /// <summary>Receives parts and answers with the sum of their bytes.</summary>
    public abstract Task<byte[]> Receive(IAsyncStreamReader<byte[]> parts, ServerCallContext context);
}

internal sealed class PartService : PartServiceBase
{
    public override async Task<byte[]> Receive(IAsyncStreamReader<byte[]> parts, ServerCallContext context)
    {
        var received = 0L;
        while (await parts.MoveNext(context.CancellationToken))
            received += parts.Current.Length;
        return BitConverter.GetBytes(received);
    }
}
