using System.Net;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace HnmStreams.Host.Discovery;

/// <summary>The API of Kubernetes, of which one call is used: the list of the pods with some labels.</summary>
/// <param name="configuration">The address and the credentials, with the namespace.</param>
internal sealed class PodApi(KubernetesClientConfiguration configuration) : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly Kubernetes _client = new(configuration);

    /// <summary>The namespace of the service account, or the configured one.</summary>
    public string Namespace => configuration.Namespace;

    /// <summary>Returns the API of the cluster that this process runs in; null if it is not used.</summary>
    /// <exception cref="SettingsException">This process does not run in Kubernetes, or has no token.</exception>
    public static PodApi? Open(ClusterOptions options)
    {
        if (options is not { Enabled: true, Discovery: ClusterOptions.KubernetesApi })
            return null;
        if (!KubernetesClientConfiguration.IsInCluster())
        {
            throw new SettingsException(
                $"'cluster.discovery' is '{ClusterOptions.KubernetesApi}', but this process is not in a pod with a token of the Kubernetes API (KUBERNETES_SERVICE_HOST and /var/run/secrets/kubernetes.io/serviceaccount). "
                + $"Set automountServiceAccountToken to true in the pod, or 'cluster.discovery' to '{ClusterOptions.Static}' and list the processes that learn in 'cluster.seedNodes'.");
        }

        var configuration = KubernetesClientConfiguration.InClusterConfig();
        configuration.HttpClientTimeout = RequestTimeout;
        configuration.Namespace = options.Kubernetes.Namespace ?? configuration.Namespace;
        return new PodApi(configuration);
    }

    /// <summary>Lists the pods with some labels.</summary>
    /// <returns>The pods, or the reason why there is no list.</returns>
    public async Task<(IList<V1Pod>? Pods, string? Failure)> ListAsync(string labelSelector, CancellationToken stop)
    {
        try
        {
            var list = await _client.CoreV1.ListNamespacedPodAsync(Namespace, labelSelector: labelSelector, cancellationToken: stop);
            return (list.Items ?? [], null);
        }
        catch (HttpOperationException e)
        {
            return (null, ReasonOf(e.Response));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Text.Json.JsonException)
        {
            return (null, $"the API of Kubernetes at {configuration.Host} cannot be used: {e.Message.TrimEnd('.')}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, $"the API of Kubernetes at {configuration.Host} did not answer in time");
        }
    }

    public void Dispose() => _client.Dispose();

    private string ReasonOf(HttpResponseMessageWrapper response) => response.StatusCode switch
    {
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized =>
            $"the API of Kubernetes refuses to list the pods of the namespace '{Namespace}' ({(int)response.StatusCode}: {MessageOf(response.Content)}). Give the service account of this pod a Role with the verb list on pods",
        _ => $"the API of Kubernetes at {configuration.Host} answers {(int)response.StatusCode} ({MessageOf(response.Content)})",
    };

    private static string MessageOf(string content)
    {
        const int MaxLength = 300;
        try
        {
            content = KubernetesJson.Deserialize<V1Status>(content)?.Message ?? content;
        }
        catch (System.Text.Json.JsonException)
        {
            // A proxy answers in another form.
        }

        return content.Length > MaxLength ? content[..MaxLength] : content;
    }
}
