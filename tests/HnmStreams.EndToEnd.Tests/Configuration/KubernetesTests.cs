using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Testing;
using k8s.Models;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>Tests that the manifests of <c>docker/kubernetes</c> are valid, and that what they refer to exists.</summary>
public sealed class KubernetesTests
{
    private readonly Manifests _manifests = new();

    [Fact]
    public void The_manifests_have_the_objects_of_a_cluster()
    {
        Assert.Equal(["hnm-learner"], _manifests.All<V1StatefulSet>().Select(o => o.Metadata.Name));
        Assert.Equal(["hnm-score"], _manifests.All<V1Deployment>().Select(o => o.Metadata.Name));
        Assert.Equal(["hnm", "hnm-learner", "hnm-score"], _manifests.All<V1Service>().Select(o => o.Metadata.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["hnm"], _manifests.All<V1NetworkPolicy>().Select(o => o.Metadata.Name));
        Assert.Empty(_manifests.All<V1Secret>());
        Assert.All(_manifests.Objects, o => Assert.Contains("hnm", ((k8s.IKubernetesObject<V1ObjectMeta>)o).Metadata.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void A_field_that_does_not_exist_is_an_error() =>
        Assert.ThrowsAny<Exception>(() => k8s.KubernetesYaml.LoadAllFromString("apiVersion: v1\nkind: Service\nmetadata: { name: hnm }\nspec: { port: 1 }\n", typeMap: null, strict: true));

    [Theory]
    [InlineData("hnm-learner", ClusterOptions.Learn)]
    [InlineData("hnm-score", ClusterOptions.Score)]
    public void The_variables_of_a_pod_are_valid_settings_of_its_role(string owner, string role)
    {
        using var folder = new TemporaryFolder();
        var loaded = new SettingsLoader(new ConfigFiles(folder.Path, folder["program"]), _manifests.Environment(_manifests.Pods[owner])).Load(new SettingsRequest());
        var options = loaded.Options;
        ClusterSettings.Check(options);
        Assert.Equal((true, role, "0.0.0.0", 8110, 8111), (options.Cluster.Enabled, options.Cluster.Role, options.Cluster.Host, options.Cluster.Port, options.Cluster.WeightsPort));
        Assert.Equal(2, options.Cluster.SeedNodes.Length);
        Assert.True(options.Checkpoints.ObjectStore.IsSet);
        Assert.True(options.Cluster.Security.IsSet);
        var learner = _manifests.Single<V1StatefulSet>("hnm-learner");
        Assert.Equal(learner.Spec.Replicas, options.Cluster.SeedNodes.Length);
        for (var i = 0; i < options.Cluster.SeedNodes.Length; i++)
            Assert.Equal($"{learner.Metadata.Name}-{i.ToString(CultureInfo.InvariantCulture)}.{learner.Spec.ServiceName}.hnm.svc.cluster.local:8110", options.Cluster.SeedNodes[i]);
    }

    [Fact]
    public void The_names_of_the_pods_are_those_that_peers_accept()
    {
        var names = _manifests.Config.Data["HNM__Cluster__Security__PeerNames"].Split(',');
        Assert.Equal(["*.hnm-learner.hnm.svc.cluster.local", "*.hnm-score.hnm.svc.cluster.local"], names);
        var learner = _manifests.Environment(_manifests.Pods["hnm-learner"])["HNM__Cluster__AdvertisedHost"];
        Assert.Equal("hnm-learner-0" + names[0][1..], learner);
        // A pod of a Deployment has no name in its environment: the shell makes it of the address.
        Assert.Contains("${POD_IP//./-}" + names[1][1..], Assert.Single(_manifests.Pods["hnm-score"].Spec.Containers[0].Args), StringComparison.Ordinal);
    }

    [Fact]
    public void Services_policies_and_the_autoscaler_refer_to_pods_and_ports_that_exist()
    {
        foreach (var service in _manifests.All<V1Service>())
        {
            var pods = _manifests.Selected(service.Spec.Selector).ToList();
            Assert.NotEmpty(pods);
            Assert.All(pods, pod => Assert.All(service.Spec.Ports, port => Assert.Contains(pod.Spec.Containers[0].Ports, p => p.Name == port.TargetPort.Value && p.ContainerPort == port.Port)));
        }

        Assert.All(_manifests.All<V1PodDisruptionBudget>(), budget => Assert.Single(_manifests.Selected(budget.Spec.Selector.MatchLabels)));
        foreach (var (name, pod) in _manifests.Pods)
        {
            var policy = _manifests.Single<V1NetworkPolicy>("hnm").Spec;
            Assert.Contains(pod, _manifests.Selected(policy.PodSelector.MatchLabels));
            var open = policy.Ingress.SelectMany(rule => rule.Ports).Select(p => p.Port.Value).ToList();
            Assert.All(pod.Spec.Containers[0].Ports, p => Assert.Contains(p.ContainerPort.ToString(CultureInfo.InvariantCulture), open));
            // The pods of a name need a headless service of this name, before they are ready.
            var headless = _manifests.Single<V1Service>(name).Spec;
            Assert.Equal(("None", true), (headless.ClusterIP, headless.PublishNotReadyAddresses));
            Assert.Contains(pod, _manifests.Selected(headless.Selector));
        }

        var scaler = Assert.Single(_manifests.All<V2HorizontalPodAutoscaler>()).Spec;
        Assert.Equal(("Deployment", "hnm-score"), (scaler.ScaleTargetRef.Kind, scaler.ScaleTargetRef.Name));
        Assert.Null(_manifests.Single<V1Deployment>("hnm-score").Spec.Replicas);
        Assert.Equal("hnm_node_lag", Assert.Single(scaler.Metrics).Pods.Metric.Name);
    }

    [Fact]
    public void Pods_have_no_rights_and_their_volumes_and_accounts_exist()
    {
        foreach (var (name, pod) in _manifests.Pods)
        {
            var container = Assert.Single(pod.Spec.Containers);
            Assert.Equal((true, true, false, false), (pod.Spec.SecurityContext.RunAsNonRoot, container.SecurityContext.ReadOnlyRootFilesystem, container.SecurityContext.AllowPrivilegeEscalation, pod.Spec.AutomountServiceAccountToken));
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Contains("memory", container.Resources.Limits.Keys);
            Assert.Contains(_manifests.All<V1ServiceAccount>(), a => a.Metadata.Name == pod.Spec.ServiceAccountName);
            var volumes = pod.Spec.Volumes.Select(v => v.Name).Concat((_manifests.All<V1StatefulSet>().SingleOrDefault(s => s.Metadata.Name == name)?.Spec.VolumeClaimTemplates ?? []).Select(c => c.Metadata.Name)).ToList();
            Assert.All(container.VolumeMounts, mount => Assert.Contains(mount.Name, volumes));
            Assert.All(volumes, volume => Assert.Contains(container.VolumeMounts, mount => mount.Name == volume));
            Assert.True(pod.Spec.TerminationGracePeriodSeconds > new RunOptions().DrainTimeout.TotalSeconds);
            // The image answers only to the hosts that it knows.
            Assert.All([container.LivenessProbe, container.ReadinessProbe, container.StartupProbe], probe => Assert.Equal(("Host", "localhost"), (probe.HttpGet.HttpHeaders[0].Name, probe.HttpGet.HttpHeaders[0].Value)));
        }
    }

    [Fact]
    public void The_README_says_how_to_create_every_secret()
    {
        var readme = File.ReadAllText(Repository.File("docker", "kubernetes", "README.md"));
        var secrets = _manifests.Pods.Values.SelectMany(p =>
            p.Spec.Containers[0].Env.Select(e => e.ValueFrom?.SecretKeyRef?.Name)
                .Concat(p.Spec.Containers[0].EnvFrom.Select(e => e.SecretRef?.Name))
                .Concat(p.Spec.Volumes.Select(v => v.Secret?.SecretName))).OfType<string>().Distinct().ToList();
        Assert.Equal(["hnm-learner-tls", "hnm-object-store", "hnm-score-tls", "hnm-token"], secrets.Order(StringComparer.Ordinal));
        Assert.All(secrets, secret => Assert.Contains(secret.Replace("-learner-", "-$node-", StringComparison.Ordinal).Replace("-score-", "-$node-", StringComparison.Ordinal), readme, StringComparison.Ordinal));
        Assert.Contains("for node in learner score", readme, StringComparison.Ordinal);
    }
}
