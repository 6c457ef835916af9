using System.Text.Json.Nodes;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Host.Discovery;
using HnmStreams.Testing;
using k8s;
using k8s.Models;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>Tests that the component <c>docker/kubernetes/discovery</c> gives the pods the settings and the right that discovery needs, and nothing else.</summary>
public sealed class KubernetesDiscoveryTests
{
    private readonly Manifests _manifests = Manifests.WithDiscovery();

    [Theory]
    [InlineData("hnm-learner")]
    [InlineData("hnm-score")]
    public void Pods_find_those_that_learn_by_their_labels_and_may_list_pods_only(string owner)
    {
        var pod = _manifests.Pods[owner];
        var options = SettingsOf(owner);
        ClusterSettings.Check(options);
        Assert.Equal((ClusterOptions.KubernetesApi, 0), (options.Cluster.Discovery, options.Cluster.SeedNodes.Length));
        var labels = options.Cluster.Kubernetes.LabelSelector!.Split(',').Select(label => label.Split('=')).ToDictionary(label => label[0], label => label[1], StringComparer.Ordinal);
        Assert.Equal([_manifests.Pods["hnm-learner"]], _manifests.Selected(labels));
        Assert.True(pod.Spec.AutomountServiceAccountToken);

        var rule = Assert.Single(_manifests.Single<V1Role>("hnm-discovery").Rules);
        Assert.Equal(("", "pods", "list"), (Assert.Single(rule.ApiGroups), Assert.Single(rule.Resources), Assert.Single(rule.Verbs)));
        var binding = _manifests.Single<V1RoleBinding>("hnm-discovery");
        Assert.Equal(("Role", "hnm-discovery"), (binding.RoleRef.Kind, binding.RoleRef.Name));
        Assert.Contains(binding.Subjects, subject => (subject.Kind, subject.Name, subject.NamespaceProperty) == ("ServiceAccount", pod.Spec.ServiceAccountName, "hnm"));
        Assert.Equal(_manifests.Pods.Count, binding.Subjects.Count);
    }

    [Fact]
    public void The_addresses_of_the_pods_are_those_that_are_listed_without_discovery()
    {
        var set = _manifests.Single<V1StatefulSet>("hnm-learner");
        // The StatefulSet controller names the pods in this way.
        var pods = Enumerable.Range(0, set.Spec.Replicas!.Value).Select(number => new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = $"hnm-learner-{number}", NamespaceProperty = "hnm" },
            Spec = new V1PodSpec { Hostname = $"hnm-learner-{number}", Subdomain = set.Spec.ServiceName },
        });
        var found = LearnerPods.Of(pods, "hnm", SettingsOf("hnm-learner").Cluster).Addresses;
        Assert.Equal(new Manifests().Config.Data["HNM__Cluster__SeedNodes"].Split(','), found);
        Assert.Equal(found[0], $"{SettingsOf("hnm-learner").Cluster.PublicHost}:8110");
    }

    [Fact(Timeout = 60_000)]
    public async Task The_command_of_the_README_applies_the_component()
    {
        var kubectl = DebianTool.OrSkip("kubectl", "kubernetes-client");
        using var folder = new TemporaryFolder();
        var source = Repository.File("docker", "kubernetes");
        foreach (var file in Directory.GetFiles(source, "*.yaml", SearchOption.AllDirectories))
        {
            var copy = folder[Path.GetRelativePath(source, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var readme = await File.ReadAllTextAsync(Path.Combine(source, "README.md"), TestContext.Current.CancellationToken);
        var start = readme.IndexOf("<<END\n", StringComparison.Ordinal) + "<<END\n".Length;
        await File.WriteAllTextAsync(folder["kustomization.yaml"], readme[start..readme.IndexOf("END\n", start, StringComparison.Ordinal)], TestContext.Current.CancellationToken);
        var (code, output) = await DebianTool.RunAsync(kubectl, "kustomize", folder.Path);
        Assert.True(code == 0, output);
        var (expected, applied) = (ByName(_manifests), ByName(Manifests.Of(output)));
        Assert.Equal(expected.Keys, applied.Keys);
        Assert.All(expected, o => Assert.True(JsonNode.DeepEquals(o.Value, applied[o.Key]), $"{o.Key}: {applied[o.Key]}"));
    }

    private static SortedDictionary<string, JsonNode?> ByName(Manifests manifests) => new(
        manifests.Objects.Cast<IKubernetesObject<V1ObjectMeta>>().ToDictionary(o => $"{o.Kind} {o.Metadata.Name}", o => JsonNode.Parse(KubernetesJson.Serialize(o)), StringComparer.Ordinal),
        StringComparer.Ordinal);

    private HnmOptions SettingsOf(string owner)
    {
        using var folder = new TemporaryFolder();
        return new SettingsLoader(new ConfigFiles(folder.Path, folder["program"]), _manifests.Environment(_manifests.Pods[owner])).Load(new SettingsRequest()).Options;
    }
}
