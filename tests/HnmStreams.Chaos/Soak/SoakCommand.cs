using System.CommandLine;

namespace HnmStreams.Chaos.Soak;

/// <summary><c>soak</c>: the service at full speed for long, and whether anything in it grows.</summary>
internal static class SoakCommand
{
    private const double LongestWarmUpMinutes = 5;

    // Half the time is judged at least, in samples enough for quarters.
    private const double LeastMinutes = 2;

    public static Command Create()
    {
        var common = new CommonOptions();
        var minutes = new Option<double>("--minutes") { HelpName = "N", Description = "How long; the first five, or half of less than ten, are warm-up", DefaultValueFactory = _ => 60 };
        var pool = new Option<int>("--pool") { HelpName = "N", Description = "Images in the pool of hard negatives", DefaultValueFactory = _ => 100_000 };
        var command = new Command("soak", "Runs the service at full speed and proves that memory, handles, threads and tensors stay where they are. Exit code 0 only then.")
        {
            minutes, pool, common.Seed, common.Summary, common.Hnm, common.Work,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var length = parsed.GetValue(minutes);
            var reason = common.WhyNot(parsed)
                ?? (!OperatingSystem.IsLinux() ? "it reads /proc, so it runs on Linux only"
                : length < LeastMinutes ? $"--minutes: {LeastMinutes} at least"
                : parsed.GetValue(pool) < 1 ? "--pool: at least 1"
                : null);
            if (reason is not null)
            {
                await Console.Error.WriteLineAsync($"soak: {reason}");
                return 2;
            }

            return await common.RunAsync(parsed, "soak", "nothing grew", work => new SoakRun(
                new SoakOptions(
                    TimeSpan.FromMinutes(length),
                    TimeSpan.FromMinutes(Math.Min(LongestWarmUpMinutes, length / 2)),
                    parsed.GetValue(pool),
                    parsed.GetValue(common.Seed),
                    common.HnmOf(parsed),
                    work,
                    common.SummaryOf(parsed),
                    CommonOptions.KafkaHome,
                    CommonOptions.Bootstrap),
                Console.Out).ExecuteAsync(cancellation));
        });
        return command;
    }
}
