using System.Globalization;
using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration;

/// <summary>The rules of a cluster that depend on several sections.</summary>
public static class ClusterSettings
{
    /// <summary>Checks the settings of a member.</summary>
    /// <exception cref="SettingsException">A setting does not fit a cluster.</exception>
    public static void Check(HnmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Cluster.Enabled)
            return;
        if (string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
            throw new SettingsException("'kafka.bootstrapServers' must be set if 'cluster.enabled' is true, because the processes of a cluster share a topic. Set it, or set 'cluster.enabled' to false.");
        if (options.Checkpoints.IsOff && options.Cluster.Learns)
            throw new SettingsException("'checkpoints.folder' must be a folder if 'cluster.enabled' is true but is 'off': the lease on it decides which process learns.");
        if (options.Run.Limit is not null)
            throw new SettingsException("'run.limit' must not be set if 'cluster.enabled' is true, because no process sees all records. Use 'run.for', or stop the processes.");
        if (options.Run.UntilEnd)
            throw new SettingsException("'run.untilEnd' must be false if 'cluster.enabled' is true, because no process sees the end of all partitions. Use 'run.for', or stop the processes.");
        foreach (var node in options.Cluster.SeedNodes)
            ParseNode(node);
        CheckDiscovery(options.Cluster);
    }

    private static void CheckDiscovery(ClusterOptions cluster)
    {
        var isKubernetes = cluster.Discovery == ClusterOptions.KubernetesApi;
        if (!isKubernetes && cluster.Kubernetes.LabelSelector is { } unused)
            throw new SettingsException($"'cluster.kubernetes.labelSelector' is '{unused}' but 'cluster.discovery' is '{ClusterOptions.Static}'. Set 'cluster.discovery' to '{ClusterOptions.KubernetesApi}', or remove the selector.");
        if (!isKubernetes)
            return;
        if (cluster.SeedNodes.Length > 0)
            throw new SettingsException($"'cluster.seedNodes' must be empty if 'cluster.discovery' is '{ClusterOptions.KubernetesApi}' but has '{cluster.SeedNodes[0]}'. Remove it, or set 'cluster.discovery' to '{ClusterOptions.Static}'.");
        if (string.IsNullOrWhiteSpace(cluster.Kubernetes.LabelSelector))
            throw new SettingsException($"'cluster.kubernetes.labelSelector' must select the pods that learn if 'cluster.discovery' is '{ClusterOptions.KubernetesApi}', but is not set. Set it, for example to app.kubernetes.io/component=learner.");
        if (cluster.Port == 0)
            throw new SettingsException($"'cluster.port' must be the port of all pods that learn if 'cluster.discovery' is '{ClusterOptions.KubernetesApi}' but is 0: the API of Kubernetes does not tell it. Set it, for example to 8110.");
    }

    /// <summary>Returns host and port of a seed node.</summary>
    /// <exception cref="SettingsException">The text is not an address.</exception>
    public static (string Host, int Port) ParseNode(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var colon = node.LastIndexOf(':');
        return colon > 0 && int.TryParse(node.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65_535
            ? (node[..colon], port)
            : throw new SettingsException($"'cluster.seedNodes' must have addresses as host:port, such as node-1:8110, but has '{node}'.");
    }
}
