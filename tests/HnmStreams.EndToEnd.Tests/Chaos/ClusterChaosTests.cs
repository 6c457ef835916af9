using System.Text.Json;
using HnmStreams.Chaos.Cluster;
using HnmStreams.Chaos.Networks;
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
        var counts = await PassesAsync(None with { NodeKills = 2, LearnerKills = 1, LearnerFreezes = 1, NodeFreezes = 1, Examples = 12_000, Seed = 3 });
        Assert.Equal((2, 1, 1, 1), (counts("nodeKills"), counts("learnerKills"), counts("learnerFreezes"), counts("nodeFreezes")));
    }

    [Fact(Timeout = 900_000)]
    public async Task A_cluster_whose_network_is_split_and_loses_packets_counts_each_example_exactly_once()
    {
        SkipWithoutNamespaces();
        var counts = await PassesAsync(None with { Splits = 2, Network = new LinkConditions(TimeSpan.FromMilliseconds(5), Loss: 0.005, Reorder: 0.05), Examples = 4_000, Seed = 4 });
        Assert.Equal(2, counts("splits"));
        Assert.True(counts("droppedPackets") > 0);
    }

    [Fact]
    public void The_schedule_depends_only_on_the_seed_and_spreads_over_the_stream()
    {
        var options = None with { NodeKills = 20, LearnerKills = 5, NodeFreezes = 4, LearnerFreezes = 3, BrokerRestarts = 2, Upgrades = 1, Splits = 9, Examples = 100_000, Seed = 3 };
        var schedule = ClusterSchedule.Of(options);
        Assert.Equal(schedule, ClusterSchedule.Of(options));
        Assert.NotEqual(schedule, ClusterSchedule.Of(options with { Seed = 4 }));
        Assert.Equal([20, 5, 4, 3, 2, 1, 9], Enum.GetValues<ClusterEvent>().Select(of => schedule.Count(e => e.Event == of)));
        Assert.All(schedule, e => Assert.InRange(e.After, 5_000, 95_000));
        Assert.All(schedule, e => Assert.InRange(e.Node, 0, options.Nodes - 1));
        Assert.Equal(9, schedule.Where(e => e.Split is not null).Select(e => (e.Split!.Edge, e.Split.Direction)).Distinct().Count());
    }

    private static ClusterChaosOptions None => new(2, 0, 0, 0, 0, 0, 0, 0, 0, HnmProcess.Executable, "", null, "");

    internal static void SkipWithoutNamespaces()
    {
        if (NetworkNamespace.ReasonForAbsence() is { } reason)
            Assert.Skip(reason);
    }

    private async Task<Func<string, long>> PassesAsync(ClusterChaosOptions events)
    {
        var home = RealBroker.HomeOrSkip();
        using var folder = new TemporaryFolder();
        var report = new StringWriter();
        var options = events with { Work = folder["work"], Summary = folder["summary.json"], KafkaHome = home };
        var passed = await new ClusterChaosRun(options, report).ExecuteAsync(TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        Assert.True(passed, report.ToString());
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["summary.json"], TestContext.Current.CancellationToken));
        var counts = json.RootElement.Clone();
        Assert.Equal((options.Examples, 0, 0, 0), (Count("accounted"), Count("lost"), Count("repeated"), Count("foreign")));
        return Count;

        long Count(string name) => counts.GetProperty(name).GetInt64();
    }
}
