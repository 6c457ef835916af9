using System.CommandLine;
using HnmStreams.Chaos;
using HnmStreams.Chaos.Soak;

var common = new CommonOptions();
var kills = new Option<int>("--kills") { HelpName = "N", Description = "Times that the service is killed with SIGKILL", DefaultValueFactory = _ => 5 };
var restarts = new Option<int>("--broker-restarts") { HelpName = "N", Description = "Times that the broker is stopped or killed, and started again" };
var rebalances = new Option<int>("--rebalances") { HelpName = "N", Description = "Times that a stranger joins the consumer group and leaves it" };
var examples = new Option<int>("--examples") { HelpName = "N", Description = "Numbered examples that are produced", DefaultValueFactory = _ => 20_000 };
var root = new RootCommand("Kills the service, its broker and its group's peace, and proves that each example is counted exactly once. Exit code 0 only then.")
{
    kills, restarts, rebalances, examples, common.Seed, common.Summary, common.Hnm, common.Work, SoakCommand.Create(),
};
root.SetAction(async (parsed, cancellation) =>
{
    if (WhyNot(parsed) is { } reason)
    {
        await Console.Error.WriteLineAsync($"chaos: {reason}");
        return 2;
    }

    return await common.RunAsync(parsed, "chaos", "each example counted exactly once", work => new ChaosRun(
        new ChaosOptions(
            parsed.GetValue(kills),
            parsed.GetValue(restarts),
            parsed.GetValue(rebalances),
            parsed.GetValue(examples),
            parsed.GetValue(common.Seed),
            common.HnmOf(parsed),
            work,
            common.SummaryOf(parsed),
            CommonOptions.KafkaHome,
            CommonOptions.Bootstrap),
        Console.Out).ExecuteAsync(cancellation));
});
return await root.Parse(args).InvokeAsync();

string? WhyNot(ParseResult parsed) =>
    common.WhyNot(parsed)
    ?? (CommonOptions.Bootstrap is not null && parsed.GetValue(restarts) > 0 ? "--broker-restarts: the broker that HNM_TEST_KAFKA names is not ours to restart; unset it and set KAFKA_HOME"
    : parsed.GetValue(kills) < 0 || parsed.GetValue(restarts) < 0 || parsed.GetValue(rebalances) < 0 ? "counts are 0 or more"
    : parsed.GetValue(examples) < 1_000 ? "--examples: at least 1000, or events would have nothing to fall into"
    : null);
