using System.Globalization;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Host.Tests.Discovery;

/// <summary>The list of pods of the API of Kubernetes, with equality of labels as selector. JSON is that of the client's models.</summary>
internal sealed class KubernetesServer : IAsyncDisposable
{
    public const string Namespace = "hnm";

    private readonly WebApplication _application;
    private int _requests;

    private KubernetesServer(WebApplication application)
    {
        _application = application;
        application.MapGet("/api/v1/namespaces/{name}/pods", ListAsync);
    }

    public string Url => _application.Urls.Single();

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Returns the pods at the time of a request, of which the first has the number 1.</summary>
    public Func<int, IReadOnlyList<V1Pod>> Pods { get; set; } = _ => [];

    /// <summary>Returns the status to answer a request with.</summary>
    public Func<int, HttpStatusCode> Status { get; set; } = _ => HttpStatusCode.OK;

    /// <summary>Returns true for a request that is never answered.</summary>
    public Func<int, bool> Hangs { get; set; } = _ => false;

    public static async Task<KubernetesServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new KubernetesServer(builder.Build());
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public static V1Pod Pod(string name, string component, string? hostname, string? subdomain, bool isDeleted = false, string phase = "Running") => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = Namespace,
            Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["component"] = component },
            DeletionTimestamp = isDeleted ? DateTime.UnixEpoch : null,
        },
        Spec = new V1PodSpec { Hostname = hostname, Subdomain = subdomain, Containers = [new V1Container { Name = "hnm" }] },
        Status = new V1PodStatus { Phase = phase },
    };

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task ListAsync(HttpContext context, string name)
    {
        var request = Interlocked.Increment(ref _requests);
        if (Hangs(request))
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        var status = Status(request);
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(status == HttpStatusCode.OK ? KubernetesJson.Serialize(List(context.Request, name, request)) : Refusal(context.Request, status), context.RequestAborted);
    }

    private V1PodList List(HttpRequest request, string name, int number)
    {
        var labels = request.Query["labelSelector"].Single()!.Split(',').Select(label => label.Split('=')).ToList();
        return new V1PodList
        {
            ApiVersion = "v1",
            Kind = "PodList",
            Metadata = new V1ListMeta { ResourceVersion = number.ToString(CultureInfo.InvariantCulture) },
            Items = [.. Pods(number).Where(pod => pod.Metadata.NamespaceProperty == name && labels.TrueForAll(label => pod.Metadata.Labels.TryGetValue(label[0], out var value) && value == label[1]))],
        };
    }

    // The client's model of a status can only be read.
    private static string Refusal(HttpRequest request, HttpStatusCode status) => JsonSerializer.Serialize(new
    {
        kind = "Status",
        apiVersion = "v1",
        status = "Failure",
        code = (int)status,
        message = status == HttpStatusCode.Forbidden ? $"pods is forbidden: User \"system:serviceaccount:hnm:hnm-score\" cannot list resource \"pods\" at {request.Path}" : "the server is starting",
    });
}
