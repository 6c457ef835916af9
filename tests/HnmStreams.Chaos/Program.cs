using System.CommandLine;
using HnmStreams.Chaos;

var kills = new Option<int>("--kills") { HelpName = "N", Description = "Times that the service is killed with SIGKILL", DefaultValueFactory = _ => 5 };
var restarts = new Option<int>("--broker-restarts") { HelpName = "N", Description = "Times that the broker is stopped or killed, and started again" };
var rebalances = new Option<int>("--rebalances") { HelpName = "N", Description = "Times that a stranger joins the consumer group and leaves it" };
var examples = new Option<int>("--examples") { HelpName = "N", Description = "Numbered examples that are produced", DefaultValueFactory = _ => 20_000 };
var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Decides what happens when", DefaultValueFactory = _ => 1 };
var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the verdict as JSON" };
var hnm = new Option<string>("--hnm")
{
    HelpName = "FILE",
    Description = "The service's executable",
    DefaultValueFactory = _ => Path.GetFullPath("src/HnmStreams.Host/bin/Release/net10.0/hnm"),
};
var work = new Option<string?>("--work") { HelpName = "DIR", Description = "Folder for state and logs; a temporary one, deleted when all went well, unless given" };
var root = new RootCommand("Kills the service, its broker and its group's peace, and proves that each example is counted exactly once. Exit code 0 only then.")
{
    kills, restarts, rebalances, examples, seed, summary, hnm, work,
};
root.SetAction(async (parsed, cancellation) =>
{
    var folder = parsed.GetValue(work) ?? Directory.CreateTempSubdirectory("hnm-chaos-").FullName;
    var options = new ChaosOptions(
        parsed.GetValue(kills),
        parsed.GetValue(restarts),
        parsed.GetValue(rebalances),
        parsed.GetValue(examples),
        parsed.GetValue(seed),
        Path.GetFullPath(parsed.GetValue(hnm)!),
        Path.GetFullPath(folder),
        parsed.GetValue(summary) is { } file ? Path.GetFullPath(file) : null,
        Environment.GetEnvironmentVariable("KAFKA_HOME"),
        Environment.GetEnvironmentVariable("HNM_TEST_KAFKA"));
    if (WhyNot(options) is { } reason)
    {
        await Console.Error.WriteLineAsync($"chaos: {reason}");
        return 2;
    }

    var proven = false;
    try
    {
        Console.WriteLine($"seed {options.Seed}, work in {options.Work}");
        proven = await new ChaosRun(options, Console.Out).ExecuteAsync(cancellation);
    }
    catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException or OperationCanceledException)
    {
        await Console.Error.WriteLineAsync($"chaos: {e.Message}");
    }

    Console.WriteLine(proven ? "each example counted exactly once" : $"NOT proven; state and logs are in {options.Work}");
    if (proven && parsed.GetValue(work) is null)
        Directory.Delete(options.Work, recursive: true);
    return proven ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();

static string? WhyNot(ChaosOptions options) =>
    !File.Exists(options.Hnm) ? $"--hnm {options.Hnm}: there is no such file; build the service first (make hnm)"
    : options.Bootstrap is null && options.KafkaHome is null ? "a real Kafka is needed: set KAFKA_HOME (Apache Kafka 3.9 or later, with Java 17) or HNM_TEST_KAFKA (host:port)"
    : options.Bootstrap is not null && options.BrokerRestarts > 0 ? "--broker-restarts: the broker that HNM_TEST_KAFKA names is not ours to restart; unset it and set KAFKA_HOME"
    : options.Kills < 0 || options.BrokerRestarts < 0 || options.Rebalances < 0 ? "counts are 0 or more"
    : options.Examples < 1_000 ? "--examples: at least 1000, or events would have nothing to fall into"
    : null;
