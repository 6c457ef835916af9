using System.CommandLine;
using HnmStreams.Chaos;
using HnmStreams.Chaos.Attack;
using HnmStreams.Chaos.Cluster;
using HnmStreams.Chaos.Soak;

var common = new CommonOptions();
var kills = new Option<int>("--kills") { HelpName = "N", Description = "Number of times that the service is killed with SIGKILL", DefaultValueFactory = _ => 5 };
var restarts = new Option<int>("--broker-restarts") { HelpName = "N", Description = "Number of times that the broker is stopped or killed, and restarted" };
var rebalances = new Option<int>("--rebalances") { HelpName = "N", Description = "Number of times that another member joins the consumer group and leaves it" };
var switches = new Option<int>("--topic-switches") { HelpName = "N", Description = "Number of times that the service is killed and restarted with another topic in the same consumer group" };
var partitions = new Option<int>("--added-partitions") { HelpName = "N", Description = "Number of times that the service is killed and restarted after a partition was added" };
var examples = new Option<int>("--examples") { HelpName = "N", Description = "Number of examples that are produced", DefaultValueFactory = _ => 20_000 };
var labels = new Option<string>("--labels") { HelpName = "MODE", Description = "inline sends each label with its example, later in a separate record after a random delay: 2 % never, 1 % first, 1 % twice, 1 % corrected", DefaultValueFactory = _ => "inline" }.AcceptOnlyFromAmong("inline", "later");
var cluster = new ClusterOptionSet();
var root = new RootCommand("Kills the service, restarts its broker and rebalances its group, and checks that each example is counted exactly once. The exit code is 0 only in that case.")
{
    kills, restarts, rebalances, switches, partitions, examples, labels, common.Seed, common.Summary, common.Hnm, common.Work, SoakCommand.Create(), AttackCommand.Create(),
};
foreach (var option in cluster.All)
    root.Options.Add(option);
root.SetAction(async (parsed, cancellation) =>
{
    if (Validate(parsed) is { } reason)
    {
        await Console.Error.WriteLineAsync($"chaos: {reason}");
        return 2;
    }

    if (cluster.IsEnabled(parsed))
        return await common.RunAsync(parsed, "chaos", "PASSED: each example was counted exactly once.", work => new ClusterChaosRun(cluster.Of(parsed, common, parsed.GetValue(restarts), parsed.GetValue(examples), work), Console.Out).ExecuteAsync(cancellation));

    return await common.RunAsync(parsed, "chaos", LabelsComeLater(parsed) ? "PASSED: each example was predicted, and each label was joined exactly once." : "PASSED: each example was counted exactly once.", work => new ChaosRun(
        new ChaosOptions(
            parsed.GetValue(kills),
            parsed.GetValue(restarts),
            parsed.GetValue(rebalances),
            parsed.GetValue(switches),
            parsed.GetValue(partitions),
            parsed.GetValue(examples),
            parsed.GetValue(common.Seed),
            common.HnmOf(parsed),
            work,
            common.SummaryOf(parsed),
            CommonOptions.KafkaHome,
            CommonOptions.Bootstrap)
        { LabelsComeLater = LabelsComeLater(parsed) },
        Console.Out).ExecuteAsync(cancellation));
});
// After Ctrl+C, all processes are ended and the network namespaces are removed. The default of two seconds is not enough.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

string? Validate(ParseResult parsed) =>
    common.Validate(parsed)
    ?? cluster.Validate(parsed)
    ?? (CommonOptions.Bootstrap is not null && parsed.GetValue(restarts) > 0 ? "--broker-restarts must be 0 with the broker of HNM_TEST_KAFKA, which cannot be restarted; unset HNM_TEST_KAFKA and set KAFKA_HOME"
    : parsed.GetValue(kills) < 0 || parsed.GetValue(restarts) < 0 || parsed.GetValue(rebalances) < 0 || parsed.GetValue(switches) < 0 || parsed.GetValue(partitions) < 0 ? "--kills, --broker-restarts, --rebalances, --topic-switches and --added-partitions must be at least 0"
    : LabelsComeLater(parsed) && parsed.GetValue(switches) > 0 ? "--topic-switches must be 0 with --labels later"
    : parsed.GetValue(examples) < 1_000 ? "--examples must be at least 1000, so that records arrive during the events"
    : null);

bool LabelsComeLater(ParseResult parsed) => parsed.GetValue(labels) == "later";
