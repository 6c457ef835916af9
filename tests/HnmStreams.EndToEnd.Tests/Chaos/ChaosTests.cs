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
    public Task A_service_killed_five_times_counts_each_example_exactly_once() => PassesAsync(None with { Kills = 5, Rebalances = 1, Examples = 12_000, Seed = 7 });

    [Fact(Timeout = 600_000)]
    public Task A_service_killed_three_times_predicts_every_example_and_joins_every_label_exactly_once() =>
        PassesAsync(None with { Kills = 3, Examples = 8_000, Seed = 11, LabelsComeLater = true });

    /// <summary>Case: a restart within the session timeout with another topic, or after a partition was added, gets the broker's old assignment.</summary>
    [Fact(Timeout = 600_000)]
    public Task A_service_that_switches_topics_and_gets_partitions_between_quick_restarts_reads_its_topic_completely() =>
        PassesAsync(None with { TopicSwitches = 3, AddedPartitions = 2, Examples = 10_000, Seed = 5 });

    private static ChaosOptions None => new(0, 0, 0, 0, 0, 0, 0, HnmProcess.Executable, "", null, null, null);

    private async Task PassesAsync(ChaosOptions events)
    {
        var home = RealBroker.HomeOrSkip();
        using var folder = new TemporaryFolder();
        var summary = folder["summary.json"];
        var report = new StringWriter();
        var options = events with { Work = folder["work"], Summary = summary, KafkaHome = home };
        var passed = await new ChaosRun(options, report).ExecuteAsync(TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        Assert.True(passed, report.ToString());
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(summary, TestContext.Current.CancellationToken));
        Assert.Equal((0, 0), (Count("lost"), Count("foreign")));
        if (events.LabelsComeLater)
            Assert.Equal((events.Examples, Count("labeled"), 0, 0), (Count("predicted"), Count("joined"), Count("joinedTwice"), Count("unjoined")));
        else
            Assert.Equal(0, Count("repeated"));
        Assert.Equal((events.Kills, events.TopicSwitches, events.AddedPartitions), (Count("kills"), Count("topicSwitches"), Count("addedPartitions")));

        int Count(string name) => json.RootElement.GetProperty(name).GetInt32();
    }

    [Fact]
    public void The_account_of_labels_counts_joins_and_predictions()
    {
        var topic = new LabelTopic(Keys("a", "b", "c", "d"), Keys("a", "b", "c"), Labels: 5);
        var account = LabelAccount.Of(topic, Keys("a", "b", "x"), repeated: 2, Account.Parse(["a,1", "b,2", "d,1"]));
        Assert.Equal(new LabelAccount(Predicted: 3, Joined: 3, JoinedTwice: 1, Unjoined: 1, Lost: 2, Repeated: 2, Foreign: 2), account);
        Assert.False(account.IsExact);
        Assert.True(LabelAccount.Of(topic, Keys("a", "b", "c", "d"), 9, Account.Parse(["a,1", "b,1", "c,1"])).IsExact);
    }

    private static HashSet<string> Keys(params string[] keys) => new(keys, StringComparer.Ordinal);

    [Fact]
    public void The_account_counts_lost_repeated_and_foreign_examples()
    {
        var state = Account.Parse(["a,1", "b,2", "x,1"]);
        var account = Account.Of(new HashSet<string>(["a", "b", "c", "d"], StringComparer.Ordinal), state);
        Assert.Equal(new Account(InTopic: 4, Accounted: 3, Lost: 2, Repeated: 1, Foreign: 1), account);
        Assert.False(account.IsExact);
        Assert.Equal(new Account(8, 6, 4, 2, 2), account + account);
        Assert.True(Account.Of(new HashSet<string>(["a"], StringComparer.Ordinal), Account.Parse(["a,1"])).IsExact);
    }

    [Fact]
    public void The_schedule_depends_only_on_the_seed_and_spreads_over_the_stream()
    {
        var options = None with { Kills = 30, BrokerRestarts = 10, Rebalances = 10, TopicSwitches = 7, AddedPartitions = 5, Examples = 100_000, Seed = 3 };
        var schedule = Schedule.Of(options);
        Assert.Equal(schedule, Schedule.Of(options));
        Assert.NotEqual(schedule, Schedule.Of(options with { Seed = 4 }));
        Assert.Equal([30, 10, 10, 7, 5], Enum.GetValues<ChaosEvent>().Select(of => schedule.Count(e => e.Event == of)));
        Assert.Equal(schedule.OrderBy(e => e.After), schedule);
        Assert.All(schedule, e => Assert.InRange(e.After, 2_000, 98_000));
        Assert.Contains(schedule, e => e.Hard);
        Assert.Contains(schedule, e => !e.Hard);
    }
}
