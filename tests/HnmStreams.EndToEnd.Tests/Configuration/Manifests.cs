using System.Globalization;
using k8s;
using k8s.Models;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>The objects of <c>docker/kubernetes</c>, parsed with the models of the Kubernetes client. Unknown fields are errors.</summary>
internal sealed class Manifests
{
    public Manifests()
        : this([.. Directory.GetFiles(Repository.File("docker", "kubernetes"), "*.yaml").Order(StringComparer.Ordinal).SelectMany(file => Load(File.ReadAllText(file)))])
    {
    }

    private Manifests(IReadOnlyList<object> objects) => Objects = objects;

    public IReadOnlyList<object> Objects { get; }

    /// <summary>Returns the objects of one text with several documents.</summary>
    public static Manifests Of(string yaml) => new(Load(yaml));

    /// <summary>Returns the objects with the component <c>discovery</c>, whose two patches are applied as kustomize does.</summary>
    public static Manifests WithDiscovery()
    {
        var manifests = new Manifests([.. new Manifests().Objects, .. Load(ReadDiscovery("role.yaml"))]);
        foreach (var (name, value) in Assert.IsType<V1ConfigMap>(Assert.Single(Load(ReadDiscovery("settings.yaml")))).Data)
        {
            if (value is null)
                Assert.True(manifests.Config.Data.Remove(name));
            else
                manifests.Config.Data[name] = value;
        }

        var token = Assert.Single(KubernetesYaml.Deserialize<List<Dictionary<string, object>>>(ReadDiscovery("token.yaml")));
        Assert.Equal(("replace", "/spec/template/spec/automountServiceAccountToken"), (token["op"], token["path"]));
        foreach (var pod in manifests.Pods.Values)
            pod.Spec.AutomountServiceAccountToken = Convert.ToBoolean(token["value"], CultureInfo.InvariantCulture);
        return manifests;
    }

    private static List<object> Load(string yaml) => KubernetesYaml.LoadAllFromString(yaml, typeMap: null, strict: true);

    private static string ReadDiscovery(string file) => File.ReadAllText(Repository.File("docker", "kubernetes", "discovery", file));

    public V1ConfigMap Config => Single<V1ConfigMap>("hnm-cluster");

    /// <summary>The templates of the pods, by the name of their owner.</summary>
    public IReadOnlyDictionary<string, V1PodTemplateSpec> Pods =>
        All<V1StatefulSet>().Select(s => (s.Metadata.Name, s.Spec.Template)).Concat(All<V1Deployment>().Select(d => (d.Metadata.Name, d.Spec.Template))).ToDictionary(StringComparer.Ordinal);

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    public T Single<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => All<T>().Single(o => string.Equals(o.Metadata.Name, name, StringComparison.Ordinal));

    /// <summary>Returns the environment of the only container of a pod, with the values that the kubelet would give it.</summary>
    public Dictionary<string, string> Environment(V1PodTemplateSpec pod)
    {
        var container = Assert.Single(pod.Spec.Containers);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in container.EnvFrom.Where(s => s.ConfigMapRef is not null))
        {
            foreach (var (name, value) in Single<V1ConfigMap>(source.ConfigMapRef.Name).Data)
                environment[name] = value;
        }

        // As the kubelet does: fields of the pod, and $(NAME) of an earlier variable.
        foreach (var variable in container.Env)
        {
            environment[variable.Name] = variable.Value is { } value
                ? environment.Aggregate(value, (text, earlier) => text.Replace($"$({earlier.Key})", earlier.Value, StringComparison.Ordinal))
                : variable.ValueFrom.FieldRef?.FieldPath switch { "metadata.name" => "hnm-learner-0", "status.podIP" => "10.1.2.3", _ => "the-value-of-a-secret" };
        }

        return environment;
    }

    /// <summary>Returns the templates that a selector matches.</summary>
    public IEnumerable<V1PodTemplateSpec> Selected(IDictionary<string, string> selector) =>
        Pods.Values.Where(p => selector.All(label => p.Metadata.Labels.TryGetValue(label.Key, out var value) && string.Equals(value, label.Value, StringComparison.Ordinal)));
}
