using System.Globalization;
using HnmStreams.Configuration.Sections;
using k8s.Models;

namespace HnmStreams.Host.Discovery;

/// <summary>The addresses of the processes that learn, by the list of their pods.</summary>
/// <param name="Addresses">The addresses as <c>host:port</c>, in an order that all processes agree on: the first one may start the cluster.</param>
/// <param name="Unnamed">The names of the pods without a DNS name.</param>
internal sealed record LearnerPods(IReadOnlyList<string> Addresses, IReadOnlyList<string> Unnamed)
{
    /// <summary>Returns the addresses of listed pods.</summary>
    /// <remarks>
    /// A pod that is not ready, has failed or is being deleted is included: its name belongs to its place in the StatefulSet, and the next pod of this place has it too. Without it, another learner
    /// that starts meanwhile would start a second cluster. Shorter addresses come first, so that a new pod of a higher number is never the first one.
    /// </remarks>
    /// <param name="namespaceOfPods">The namespace of pods that do not tell theirs.</param>
    public static LearnerPods Of(IEnumerable<V1Pod> pods, string namespaceOfPods, ClusterOptions options)
    {
        var named = pods.ToLookup(pod => !string.IsNullOrEmpty(pod.Spec?.Hostname) && !string.IsNullOrEmpty(pod.Spec.Subdomain));
        return new LearnerPods(
            [.. named[true].Select(pod => AddressOf(pod, namespaceOfPods, options)).Distinct(StringComparer.Ordinal).OrderBy(address => address.Length).ThenBy(address => address, StringComparer.Ordinal)],
            [.. named[false].Select(pod => pod.Metadata?.Name ?? "?").Order(StringComparer.Ordinal)]);
    }

    /// <summary>Returns the reason why no process can join through these pods; null if one can.</summary>
    public string? Problem(ClusterOptions options, string namespaceOfPods) => this switch
    {
        { Addresses.Count: > 0 } => null,
        { Unnamed.Count: > 0 } => $"the pod {Unnamed[0]} has no hostname and subdomain, so it has no DNS name. Run the processes that learn in a StatefulSet with a serviceName",
        _ => $"no pod in the namespace '{namespaceOfPods}' has the labels '{options.Kubernetes.LabelSelector}' ('cluster.kubernetes.labelSelector')",
    };

    private static string AddressOf(V1Pod pod, string namespaceOfPods, ClusterOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"{pod.Spec.Hostname}.{pod.Spec.Subdomain}.{pod.Metadata?.NamespaceProperty ?? namespaceOfPods}.svc.{options.Kubernetes.ClusterDomain}:{options.Port}");
}
