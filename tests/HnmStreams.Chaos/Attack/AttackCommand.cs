using System.CommandLine;

namespace HnmStreams.Chaos.Attack;

/// <summary>The command <c>attack</c>: it runs bounded attacks over loopback against a service that it starts.</summary>
internal static class AttackCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var records = new Option<int>("--records") { HelpName = "N", Description = "Number of mutated records; the other attacks of a producer are scaled with it", DefaultValueFactory = _ => 20_000 };
        var connections = new Option<int>("--connections") { HelpName = "N", Description = "Number of slow connections", DefaultValueFactory = _ => 100 };
        var command = new Command("attack", "Starts the service on its embedded cluster, attacks it over loopback and prints the results. The exit code is 0 only if it withstood all attacks.")
        {
            records, connections, common.Seed, common.Hnm, common.Work,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var reason = !File.Exists(common.HnmOf(parsed)) ? $"--hnm {common.HnmOf(parsed)}: the file does not exist; build the service first (make hnm)"
                : !OperatingSystem.IsLinux() ? "Linux is required, because the attacks read /proc"
                : parsed.GetValue(records) is < 100 or > 1_000_000 ? "--records must be 100 to 1000000"
                : parsed.GetValue(connections) is < 8 or > 1_000 ? "--connections must be 8 to 1000"
                : null;
            if (reason is not null)
            {
                await Console.Error.WriteLineAsync($"attack: {reason}");
                return 2;
            }

            return await common.RunAsync(parsed, "attack", "PASSED: the service withstood all attacks.", work => new AttackRun(
                new AttackOptions(parsed.GetValue(records), parsed.GetValue(connections), parsed.GetValue(common.Seed), common.HnmOf(parsed), work), Console.Out).ExecuteAsync(cancellation));
        });
        return command;
    }
}
