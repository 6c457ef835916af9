using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration.Tests;

public sealed class ClusterSettingsTests
{
    [Theory]
    [InlineData(ClusterOptions.Static, null, null, 8110, null)]
    [InlineData(ClusterOptions.Static, "node-1:8110", null, 0, null)]
    [InlineData(ClusterOptions.KubernetesApi, null, "app=learner", 8110, null)]
    [InlineData(ClusterOptions.KubernetesApi, "node-1:8110", "app=learner", 8110, "'cluster.seedNodes' must be empty if 'cluster.discovery' is 'kubernetes' but has 'node-1:8110'. Remove it, or set 'cluster.discovery' to 'seedNodes'.")]
    [InlineData(ClusterOptions.KubernetesApi, null, null, 8110, "'cluster.kubernetes.labelSelector' must select the pods that learn")]
    [InlineData(ClusterOptions.KubernetesApi, null, "app=learner", 0, "'cluster.port' must be the port of all pods that learn")]
    [InlineData(ClusterOptions.Static, null, "app=learner", 8110, "'cluster.kubernetes.labelSelector' is 'app=learner' but 'cluster.discovery' is 'seedNodes'. Set 'cluster.discovery' to 'kubernetes'")]
    public void Members_are_found_either_by_a_list_or_by_the_API_of_Kubernetes(string discovery, string? seedNode, string? selector, int port, string? failure)
    {
        var options = new HnmOptions();
        options.Kafka.BootstrapServers = "broker:9092";
        (options.Cluster.Enabled, options.Cluster.Discovery, options.Cluster.Port, options.Cluster.Kubernetes.LabelSelector) = (true, discovery, port, selector);
        options.Cluster.SeedNodes = seedNode is null ? [] : [seedNode];
        if (failure is null)
            ClusterSettings.Check(options);
        else
            Assert.Contains(failure, Assert.Throws<SettingsException>(() => ClusterSettings.Check(options)).Message, StringComparison.Ordinal);
    }
}
