using System.Collections.Concurrent;
using HnmStreams.EndToEnd.Tests.Telemetry.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace HnmStreams.EndToEnd.Tests.Telemetry;

/// <summary>A received span.</summary>
/// <param name="Id">The trace id and the span id, which together are unique.</param>
internal sealed record ReceivedSpan(string Service, string Name, string Id, string? Parent, IReadOnlyList<string> Links, IReadOnlyDictionary<string, object> Tags)
{
    /// <summary>The ids of the parent and of the linked spans.</summary>
    public IEnumerable<string> Causes => Parent is null ? Links : Links.Prepend(Parent);
}

/// <summary>An OTLP collector over HTTP on a free loopback port. It keeps the received spans.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    /// <summary>The settings that make a service export to this collector.</summary>
    public string[] Settings => ["--set", $"telemetry.otlpEndpoint={_app.Urls.First()}", "--set", "telemetry.otlpProtocol=http/protobuf"];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        // The answer is the same for metrics and logs. An empty answer means that everything was accepted.
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Response.ContentType = "application/x-protobuf";
        if (context.Request.Path != "/v1/traces")
            return;
        foreach (var resource in TracesRequest.Parser.ParseFrom(body.ToArray()).ResourceSpans)
        {
            var service = (string)Tags(resource.Resource.Attributes)["service.name"];
            foreach (var span in resource.ScopeSpans.SelectMany(s => s.Spans))
                _spans.Enqueue(Read(service, span));
        }
    }

    private static ReceivedSpan Read(string service, Span span) => new(
        service,
        span.Name,
        Id(span.TraceId, span.SpanId),
        span.ParentSpanId.IsEmpty ? null : Id(span.TraceId, span.ParentSpanId),
        [.. span.Links.Select(l => Id(l.TraceId, l.SpanId))],
        Tags(span.Attributes));

    private static string Id(Google.Protobuf.ByteString trace, Google.Protobuf.ByteString span) =>
        Convert.ToHexStringLower(trace.Span) + "-" + Convert.ToHexStringLower(span.Span);

    private static Dictionary<string, object> Tags(IEnumerable<Otlp.Attribute> attributes) => attributes.ToDictionary(
        a => a.Key,
        a => a.Value.ValueCase switch
        {
            AttributeValue.ValueOneofCase.Whole => a.Value.Whole,
            AttributeValue.ValueOneofCase.Real => a.Value.Real,
            AttributeValue.ValueOneofCase.Flag => a.Value.Flag,
            _ => (object)a.Value.Text,
        },
        StringComparer.Ordinal);
}
