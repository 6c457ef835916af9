using System.Text.Json;
using HnmStreams.Chaos;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Chaos;

/// <summary>The short form of <c>make chaos</c>, and tests of its parts.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact(Timeout = 600_000)]
    public async Task A_service_killed_five_times_counts_each_example_exactly_once()
    {
        var home = RealBroker.HomeOrSkip();
        using var folder = new TemporaryFolder();
        var summary = folder["summary.json"];
        var report = new StringWriter();
        var options = new ChaosOptions(
            Kills: 5, BrokerRestarts: 0, Rebalances: 1, Examples: 12_000, Seed: 7, HnmProcess.Executable, folder["work"], summary, home, Bootstrap: null);
        var passed = await new ChaosRun(options, report).ExecuteAsync(TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        Assert.True(passed, report.ToString());
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(summary, TestContext.Current.CancellationToken));
        Assert.Equal((0, 0, 5), (json.RootElement.GetProperty("lost").GetInt32(), json.RootElement.GetProperty("repeated").GetInt32(), json.RootElement.GetProperty("kills").GetInt32()));
    }

    [Fact]
    public void The_account_counts_lost_repeated_and_foreign_examples()
    {
        var state = Account.Parse(["a,1", "b,2", "x,1"]);
        var account = Account.Of(new HashSet<string>(["a", "b", "c", "d"], StringComparer.Ordinal), state);
        Assert.Equal(new Account(InTopic: 4, Accounted: 3, Lost: 2, Repeated: 1, Foreign: 1), account);
        Assert.False(account.IsExact);
        Assert.True(Account.Of(new HashSet<string>(["a"], StringComparer.Ordinal), Account.Parse(["a,1"])).IsExact);
    }

    [Fact]
    public void The_schedule_depends_only_on_the_seed_and_spreads_over_the_stream()
    {
        var schedule = Schedule.Of(30, 10, 10, 100_000, seed: 3);
        Assert.Equal(schedule, Schedule.Of(30, 10, 10, 100_000, seed: 3));
        Assert.NotEqual(schedule, Schedule.Of(30, 10, 10, 100_000, seed: 4));
        Assert.Equal((30, 10, 10), (schedule.Count(e => e.Event == ChaosEvent.Kill), schedule.Count(e => e.Event == ChaosEvent.BrokerRestart), schedule.Count(e => e.Event == ChaosEvent.Rebalance)));
        Assert.Equal(schedule.OrderBy(e => e.After), schedule);
        Assert.All(schedule, e => Assert.InRange(e.After, 2_000, 98_000));
        Assert.Contains(schedule, e => e.Hard);
        Assert.Contains(schedule, e => !e.Hard);
    }
}
