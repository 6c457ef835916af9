using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>
/// The pods of the processes that learn, for <c>cluster.discovery</c> = <c>kubernetes</c>. They are reached at their DNS names, which certificates are valid for, so they need a hostname and a subdomain, as the pods of
/// a StatefulSet have. The service account of this process must be allowed to list pods.
/// </summary>
public sealed class KubernetesOptions
{
    /// <summary>The labels of the pods that learn, and of no others, for example <c>app.kubernetes.io/component=learner</c>.</summary>
    [StringLength(1000, MinimumLength = 1)]
    public string? LabelSelector { get; set; }

    /// <summary>The namespace of the pods. If it is not set, it is that of the service account.</summary>
    [RegularExpression("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    public string? Namespace { get; set; }

    /// <summary>The DNS domain of the Kubernetes cluster.</summary>
    [Required, RegularExpression("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
    public string ClusterDomain { get; set; } = "cluster.local";
}
