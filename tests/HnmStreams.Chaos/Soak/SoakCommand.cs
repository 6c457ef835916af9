using System.CommandLine;

namespace HnmStreams.Chaos.Soak;

/// <summary>The command <c>soak</c>: it runs the service at full speed for a long time and checks that memory and handles do not grow.</summary>
internal static class SoakCommand
{
    private const double MaxWarmUpMinutes = 5;

    // At least half of the time is evaluated; it needs enough samples for quarters.
    private const double MinMinutes = 2;

    public static Command Create()
    {
        var common = new CommonOptions();
        var minutes = new Option<double>("--minutes") { HelpName = "N", Description = "Duration in minutes; the first five minutes (half of a duration below ten) are warm-up", DefaultValueFactory = _ => 60 };
        var pool = new Option<int>("--pool") { HelpName = "N", Description = "Number of images in the pool of hard negatives", DefaultValueFactory = _ => 100_000 };
        var command = new Command("soak", "Runs the service at full speed and checks that memory, handles, threads and tensors do not grow. The exit code is 0 only in that case.")
        {
            minutes, pool, common.Seed, common.Summary, common.Hnm, common.Work,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var length = parsed.GetValue(minutes);
            var reason = common.Validate(parsed)
                ?? (!OperatingSystem.IsLinux() ? "Linux is required, because the test reads /proc"
                : length < MinMinutes ? $"--minutes must be at least {MinMinutes}"
                : parsed.GetValue(pool) < 1 ? "--pool must be at least 1"
                : null);
            if (reason is not null)
            {
                await Console.Error.WriteLineAsync($"soak: {reason}");
                return 2;
            }

            return await common.RunAsync(parsed, "soak", "PASSED: nothing grew.", work => new SoakRun(
                new SoakOptions(
                    TimeSpan.FromMinutes(length),
                    TimeSpan.FromMinutes(Math.Min(MaxWarmUpMinutes, length / 2)),
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
