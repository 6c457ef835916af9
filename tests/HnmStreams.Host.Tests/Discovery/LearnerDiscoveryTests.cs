using System.Net;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Discovery;
using HnmStreams.Testing;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Host.Tests.Discovery;

public sealed class LearnerDiscoveryTests
{
    private const int TestTimeout = 60_000;
    private static readonly string[] Learners = ["hnm-learner-0.hnm-learner.hnm.svc.cluster.local:8110", "hnm-learner-1.hnm-learner.hnm.svc.cluster.local:8110"];
    private static readonly V1Pod[] Pods = [Learner(1), Learner(0), KubernetesServer.Pod("hnm-score-x", "score", null, null)];

    [Fact(Timeout = TestTimeout)]
    public async Task The_pods_with_the_labels_become_the_seed_nodes()
    {
        await using var server = await KubernetesServer.StartAsync();
        server.Pods = _ => Pods;
        var (found, reasons) = await FindAsync(server, Node());
        Assert.Equal(Learners, found.SeedNodes);
        Assert.Null(found.Failure);
        Assert.Equal([null], reasons);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_refused_request_is_repeated_until_the_service_account_has_its_role()
    {
        await using var server = await KubernetesServer.StartAsync();
        (server.Pods, server.Status) = (_ => Pods, request => request < 3 ? HttpStatusCode.Forbidden : HttpStatusCode.OK);
        var (found, reasons) = await FindAsync(server, Node());
        Assert.Equal(Learners, found.SeedNodes);
        Assert.Equal(3, reasons.Count);
        Assert.StartsWith("the API of Kubernetes refuses to list the pods of the namespace 'hnm' (403: pods is forbidden: User \"system:serviceaccount:hnm:hnm-score\" cannot list resource", reasons[0], StringComparison.Ordinal);
        Assert.EndsWith("Give the service account of this pod a Role with the verb list on pods", reasons[0], StringComparison.Ordinal);
        Assert.Null(reasons[^1]);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task An_empty_list_and_a_failing_API_are_asked_again()
    {
        await using var server = await KubernetesServer.StartAsync();
        (server.Pods, server.Status) = (request => request < 3 ? [] : Pods, request => request == 2 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
        var (found, reasons) = await FindAsync(server, Node());
        Assert.Equal(Learners, found.SeedNodes);
        Assert.Equal(["no pod in the namespace 'hnm' has the labels 'component=learner' ('cluster.kubernetes.labelSelector')", $"the API of Kubernetes at {server.Url} answers 503 (the server is starting)", null], reasons);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_request_without_an_answer_is_given_up_and_repeated()
    {
        await using var server = await KubernetesServer.StartAsync();
        (server.Pods, server.Hangs) = (_ => Pods, request => request == 1);
        var (found, reasons) = await FindAsync(server, Node(), requestTimeout: TimeSpan.FromMilliseconds(500));
        Assert.Equal(Learners, found.SeedNodes);
        Assert.Equal($"the API of Kubernetes at {server.Url} did not answer in time", reasons[0]);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task An_API_that_cannot_be_reached_ends_the_search_after_its_limit_with_the_reason()
    {
        var api = new KubernetesClientConfiguration { Host = $"http://127.0.0.1:{FreePort.Find()}", Namespace = KubernetesServer.Namespace };
        var (found, reasons) = await FindAsync(api, Node(), () => 0);
        Assert.Empty(found.SeedNodes);
        Assert.StartsWith($"No process that learns was found in 5m, because the API of Kubernetes at {api.Host} cannot be used: ", found.Failure, StringComparison.Ordinal);
        // After 1, 2, 4 and 8 seconds, then every 15 seconds at most.
        Assert.InRange(reasons.Count, 2, 26);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_search_ends_when_the_process_is_stopped()
    {
        await using var server = await KubernetesServer.StartAsync();
        using var stop = new CancellationTokenSource();
        using var api = new PodApi(ConfigurationOf(server, TimeSpan.FromSeconds(10)));
        var search = new LearnerDiscovery(api, Node(), new FakeTimeProvider(), NullLogger<LearnerDiscovery>.Instance).FindAsync(_ => stop.Cancel(), stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
    }

    [Theory(Timeout = TestTimeout)]
    [InlineData(ClusterOptions.Learn, "HNM-learner-0.hnm-learner.hnm.svc.cluster.local", true)]
    [InlineData(ClusterOptions.Learn, "10.1.2.3", false)]
    [InlineData(ClusterOptions.Score, "10.1.2.3", true)]
    public async Task A_process_that_learns_must_be_one_of_the_pods(string role, string host, bool isFound)
    {
        await using var server = await KubernetesServer.StartAsync();
        server.Pods = _ => Pods;
        var options = Node();
        (options.Role, options.AdvertisedHost) = (role, host);
        var (found, _) = await FindAsync(server, options);
        Assert.Equal(isFound, found.Failure is null);
        if (!isFound)
        {
            Assert.Equal(
                $"This process learns at 10.1.2.3:8110, but the pods with the labels 'component=learner' are {string.Join(", ", Learners)}. Set 'cluster.advertisedHost' to the DNS name of the pod, and 'cluster.kubernetes' so that it selects this pod.",
                found.Failure);
        }
    }

    [Fact]
    public void Outside_of_Kubernetes_the_start_is_refused_with_the_remedy()
    {
        Assert.Null(PodApi.Open(new ClusterOptions { Enabled = true }));
        var error = Assert.Throws<SettingsException>(() => PodApi.Open(Node()));
        Assert.Contains("this process is not in a pod with a token of the Kubernetes API", error.Message, StringComparison.Ordinal);
        Assert.Contains("automountServiceAccountToken", error.Message, StringComparison.Ordinal);
    }

    private static ClusterOptions Node() => new()
    {
        Enabled = true,
        Role = ClusterOptions.Score,
        Discovery = ClusterOptions.KubernetesApi,
        Kubernetes = new KubernetesOptions { LabelSelector = "component=learner" },
    };

    private static V1Pod Learner(int number) => KubernetesServer.Pod($"hnm-learner-{number}", "learner", $"hnm-learner-{number}", "hnm-learner");

    private static KubernetesClientConfiguration ConfigurationOf(KubernetesServer server, TimeSpan requestTimeout) =>
        new() { Host = server.Url, Namespace = KubernetesServer.Namespace, HttpClientTimeout = requestTimeout };

    private static Task<(DiscoveredLearners Found, IReadOnlyList<string?> Reasons)> FindAsync(KubernetesServer server, ClusterOptions options, TimeSpan? requestTimeout = null) =>
        FindAsync(ConfigurationOf(server, requestTimeout ?? TimeSpan.FromSeconds(30)), options, () => server.Requests);

    /// <summary>Searches with a clock that advances only while the search waits, so that requests take no time.</summary>
    private static async Task<(DiscoveredLearners Found, IReadOnlyList<string?> Reasons)> FindAsync(KubernetesClientConfiguration configuration, ClusterOptions options, Func<int> requests)
    {
        var time = new FakeTimeProvider();
        var reasons = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        using var api = new PodApi(configuration);
        var search = new LearnerDiscovery(api, options, time, NullLogger<LearnerDiscovery>.Instance).FindAsync(reasons.Enqueue, TestContext.Current.CancellationToken);
        while (!search.IsCompleted)
        {
            if (reasons.Count >= requests())
                time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(search, Task.Delay(5, TestContext.Current.CancellationToken));
        }

        return (await search, [.. reasons]);
    }
}
