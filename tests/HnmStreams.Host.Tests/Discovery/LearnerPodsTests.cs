using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Discovery;
using k8s.Models;

namespace HnmStreams.Host.Tests.Discovery;

public sealed class LearnerPodsTests
{
    private static readonly ClusterOptions Options = new() { Kubernetes = new KubernetesOptions { LabelSelector = "component=learner" } };

    [Fact]
    public void The_address_of_a_pod_is_its_name_in_the_domain_of_its_service() =>
        Assert.Equal(["hnm-learner-0.hnm-learner.hnm.svc.cluster.local:8110"], Of(Learner(0)).Addresses);

    [Fact]
    public void The_domain_and_the_port_can_be_set()
    {
        var options = new ClusterOptions { Port = 9000, Kubernetes = new KubernetesOptions { ClusterDomain = "k8s.example" } };
        Assert.Equal(["hnm-learner-0.hnm-learner.hnm.svc.k8s.example:9000"], LearnerPods.Of([Learner(0)], "hnm", options).Addresses);
    }

    [Fact]
    public void A_pod_that_does_not_tell_its_namespace_is_in_that_of_the_request()
    {
        var pod = Learner(0);
        pod.Metadata.NamespaceProperty = null;
        Assert.Equal(["hnm-learner-0.hnm-learner.other.svc.cluster.local:8110"], LearnerPods.Of([pod], "other", Options).Addresses);
    }

    [Fact]
    public void Every_order_of_the_list_gives_the_same_first_address()
    {
        var pods = Enumerable.Range(0, 12).Select(number => Learner(number)).ToList();
        var expected = Of([.. pods]).Addresses;
        Assert.Equal(Enumerable.Range(0, 12).Select(AddressOf), expected);
        pods.Reverse();
        Assert.Equal(expected, Of([.. pods]).Addresses);
    }

    [Fact]
    public void A_further_pod_is_never_the_first()
    {
        // The numbers of a StatefulSet may start at any number.
        Assert.Equal([AddressOf(9), AddressOf(10)], Of(Learner(10), Learner(9)).Addresses);
    }

    [Theory]
    [InlineData("Pending", false)]
    [InlineData("Failed", false)]
    [InlineData("Running", true)]
    public void A_pod_that_starts_has_failed_or_is_being_deleted_keeps_its_place(string phase, bool isDeleted) =>
        Assert.Equal([AddressOf(0), AddressOf(1)], Of(Learner(1), KubernetesServer.Pod("hnm-learner-0", "learner", "hnm-learner-0", "hnm-learner", isDeleted, phase)).Addresses);

    [Fact]
    public void A_pod_of_a_place_that_is_listed_twice_has_one_address() =>
        Assert.Equal([AddressOf(0)], Of(Learner(0), Learner(0)).Addresses);

    [Theory]
    [InlineData(null, null)]
    [InlineData("a", null)]
    [InlineData(null, "b")]
    [InlineData("", "")]
    public void A_pod_without_hostname_or_subdomain_has_no_address(string? hostname, string? subdomain)
    {
        var pod = KubernetesServer.Pod("hnm-learner-abc", "learner", hostname, subdomain);
        var alone = Of(pod);
        Assert.Empty(alone.Addresses);
        Assert.Equal("the pod hnm-learner-abc has no hostname and subdomain, so it has no DNS name. Run the processes that learn in a StatefulSet with a serviceName", alone.Problem(Options, "hnm"));
        var both = Of(pod, Learner(0));
        Assert.Equal([AddressOf(0)], both.Addresses);
        Assert.Null(both.Problem(Options, "hnm"));
    }

    [Fact]
    public void An_empty_list_is_a_problem_that_names_namespace_and_labels() =>
        Assert.Equal("no pod in the namespace 'hnm' has the labels 'component=learner' ('cluster.kubernetes.labelSelector')", Of().Problem(Options, "hnm"));

    private static LearnerPods Of(params V1Pod[] pods) => LearnerPods.Of(pods, "hnm", Options);

    private static V1Pod Learner(int number) => KubernetesServer.Pod($"hnm-learner-{number}", "learner", $"hnm-learner-{number}", "hnm-learner");

    private static string AddressOf(int number) => $"hnm-learner-{number}.hnm-learner.hnm.svc.cluster.local:8110";
}
