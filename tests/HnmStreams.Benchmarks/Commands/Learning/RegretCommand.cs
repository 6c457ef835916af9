using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using HnmStreams.Benchmarks.Regret;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Native;

namespace HnmStreams.Benchmarks.Commands.Learning;

/// <summary><c>regret</c>: the settings with which a run starts, compared with the best point of a grid.</summary>
internal static class RegretCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var task = new Option<string?>("--task") { HelpName = "FILE", Description = "The task's settings file, such as one of config/tasks", Required = true };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "A setting of all points; may be repeated", AllowMultipleArgumentsPerToken = false };
        var budgets = Numbers<long>("--budgets", "Numbers of consumed examples at which the metric is measured, ascending", [10_000, 20_000, 40_000, 80_000], 1, long.MaxValue);
        var rates = Numbers<double>("--rate-factors", "Factors of the task's learning rate", [0.25, 0.5, 1, 2, 4], 0.001, 1_000);
        var batches = Numbers<int>("--batches", "Rows per step", [16, 32, 64], 1, 65_536);
        var hardShares = Numbers<double>("--hard-shares", "Shares of hard negatives among the negatives of a batch", [0.5, 1], 0, 1);
        var seeds = new Option<int>("--seeds") { HelpName = "N", Description = "Number of seeds of each point", DefaultValueFactory = _ => 2 }.AtLeast(1);
        var finalSeeds = new Option<int>("--final-seeds") { HelpName = "N", Description = "Number of further seeds of the start and of the best points", DefaultValueFactory = _ => 5 }.AtLeast(1);
        var summary = SummaryFile.Option();
        var command = new Command("regret", "The settings with which a run starts, compared with the best point of a grid of learning rates, batch sizes and hard shares")
        {
            task, set, budgets, rates, batches, hardShares, seeds, finalSeeds, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            using var signals = new StopSignals(context.Time);
            var host = CommandContext.OfProcess(signals) with { Out = context.Out, Error = context.Error, WorkingFolder = context.WorkingFolder };
            var request = new RegretRequest(
                parsed.GetValue(task), parsed.GetValue(set) ?? [], parsed.GetValue(budgets)!, parsed.GetValue(rates)!, parsed.GetValue(batches)!, parsed.GetValue(hardShares)!, parsed.GetValue(seeds), parsed.GetValue(finalSeeds));
            var report = await DedicatedThread.RunAsync(() => new RegretBenchmark(request, host).Run(cancellation), cancellation);
            foreach (var line in report.Lines())
                context.Out.WriteLine(line);
            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), report, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Option<IReadOnlyList<T>> Numbers<T>(string name, string description, IReadOnlyList<T> present, T min, T max)
        where T : struct, INumber<T> =>
        new(name) { HelpName = "N,N,…", Description = description, DefaultValueFactory = _ => present, CustomParser = result => Parse(result, name, min, max) };

    private static List<T> Parse<T>(ArgumentResult result, string name, T min, T max)
        where T : struct, INumber<T>
    {
        var numbers = new List<T>();
        foreach (var part in string.Join(',', result.Tokens.Select(static t => t.Value)).Split(',', StringSplitOptions.TrimEntries))
        {
            if (!T.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be numbers from {min} to {max}, separated by commas, but has '{part}'."));
            numbers.Add(number);
        }

        return numbers;
    }
}
