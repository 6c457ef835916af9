using System.Text.Json;
using HnmStreams.Chaos.Cluster;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Chaos;

/// <summary>The short form of <c>make chaos ARGS="--cluster"</c>, and tests of its parts.</summary>
public sealed class ClusterChaosTests(ITestOutputHelper output)
{
    [Fact(Timeout = 900_000)]
    public async Task A_cluster_whose_nodes_and_learner_are_killed_and_frozen_counts_each_example_exactly_once()
    {
        var home = RealBroker.HomeOrSkip();
        using var folder = new TemporaryFolder();
        var report = new StringWriter();
        var options = None with { NodeKills = 2, LearnerKills = 1, LearnerFreezes = 1, NodeFreezes = 1, Examples = 12_000, Seed = 3, Work = folder["work"], Summary = folder["summary.json"], KafkaHome = home };
        var passed = await new ClusterChaosRun(options, report).ExecuteAsync(TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        Assert.True(passed, report.ToString());
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["summary.json"], TestContext.Current.CancellationToken));
        Assert.Equal((options.Examples, 0, 0, 0), (Count("accounted"), Count("lost"), Count("repeated"), Count("foreign")));
        Assert.Equal((2, 1, 1, 1), (Count("nodeKills"), Count("learnerKills"), Count("learnerFreezes"), Count("nodeFreezes")));

        int Count(string name) => json.RootElement.GetProperty(name).GetInt32();
    }

    [Fact]
    public void The_schedule_depends_only_on_the_seed_and_spreads_over_the_stream()
    {
        var options = None with { NodeKills = 20, LearnerKills = 5, NodeFreezes = 4, LearnerFreezes = 3, BrokerRestarts = 2, RollingRestarts = 1, Examples = 100_000, Seed = 3 };
        var schedule = ClusterSchedule.Of(options);
        Assert.Equal(schedule, ClusterSchedule.Of(options));
        Assert.NotEqual(schedule, ClusterSchedule.Of(options with { Seed = 4 }));
        Assert.Equal([20, 5, 4, 3, 2, 1], Enum.GetValues<ClusterEvent>().Select(of => schedule.Count(e => e.Event == of)));
        Assert.All(schedule, e => Assert.InRange(e.After, 5_000, 95_000));
        Assert.All(schedule, e => Assert.InRange(e.Node, 0, options.Nodes - 1));
    }

    private static ClusterChaosOptions None => new(2, 0, 0, 0, 0, 0, 0, 0, 0, HnmProcess.Executable, "", null, "");
}
