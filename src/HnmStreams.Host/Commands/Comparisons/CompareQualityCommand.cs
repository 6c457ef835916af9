using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using HnmStreams.Host.Application;
using HnmStreams.Host.Compare.Quality;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands.Comparisons;

/// <summary><c>hnm compare quality</c>.</summary>
internal static class CompareQualityCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(CommandContext context)
    {
        var task = new Option<string?>("--task") { HelpName = "FILE", Description = "The task's settings file, such as one of config/tasks" };
        var data = new Option<string?>("--data") { HelpName = "DIR", Description = "Folder with the data sets; overrides HNM_DATA" };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "A setting for all methods; may be repeated", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var seeds = new Option<int>("--seeds") { HelpName = "N", Description = "Number of seeds; the stream, the weights and the sampling use seeds 1 to N", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var budgets = new Option<IReadOnlyList<long>>("--budgets")
        {
            HelpName = "N,N,…",
            Description = "Numbers of consumed examples at which all methods are evaluated, ascending",
            DefaultValueFactory = _ => [10_000, 20_000, 40_000, 80_000, 160_000],
            CustomParser = ParseBudgets,
        };
        var methods = new Option<string[]>("--methods") { HelpName = "NAME", Description = "Run only these methods: uniform, focal, random, mined", AllowMultipleArgumentsPerToken = true };
        methods.AcceptOnlyFromAmong(QualityMethod.Uniform, QualityMethod.Focal, QualityMethod.Random, QualityMethod.Mined);
        var metrics = new Option<string[]>("--metric") { HelpName = "NAME", Description = "A further metric of the promoted version, such as openSetAveragePrecision; may be repeated", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var batches = new Option<IReadOnlyList<int>>("--batches")
        {
            HelpName = "N,N,…",
            Description = "Rows per step; each method takes its best on a fifth of the training part. One number skips the choice",
            DefaultValueFactory = _ => [16, 32, 128],
            CustomParser = static result => ParseNumbers<int>(result, "--batches", 1, 65_536),
        };
        var rates = new Option<IReadOnlyList<double>>("--rate-factors")
        {
            HelpName = "X,X,…",
            Description = "Factors of the task's learning rate; each method takes its best together with the batch",
            DefaultValueFactory = _ => [1, 2],
            CustomParser = static result => ParseNumbers<double>(result, "--rate-factors", 0.001, 1_000),
        };
        var processorTime = ProcessorTimeOption.Create();
        var plot = new Option<string?>("--plot") { HelpName = "FILE", Description = "Draw the curves as SVG" };
        var axis = new Option<string>("--plot-axis") { HelpName = "NAME", Description = "The horizontal axis of --plot: examples (trained on) or seconds (of scoring, ranking and training)", DefaultValueFactory = _ => QualityPlot.Examples };
        axis.AcceptOnlyFromAmong(QualityPlot.Examples, QualityPlot.Seconds);
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the figures as JSON" };

        var command = new Command("quality", "Train one model on one stream four ways (everything, focal loss, random negatives, mined negatives) and compare metric and cost")
        {
            task, data, set, seeds, budgets, methods, metrics, batches, rates, processorTime, plot, axis, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var request = new QualityRequest(
                parsed.GetValue(task), parsed.GetValue(set) ?? [], parsed.GetValue(seeds), parsed.GetValue(budgets)!, parsed.GetValue(methods) ?? [], parsed.GetValue(metrics) ?? [], new QualityGrid(parsed.GetValue(batches)!, parsed.GetValue(rates)!));
            var comparisonContext = context.WithData(parsed.GetValue(data)).WithClock(parsed.GetValue(processorTime));
            var report = await Task.Factory.StartNew(() => new QualityComparison(request, comparisonContext).Run(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            foreach (var line in QualityTable.Lines(report))
                context.Out.WriteLine(line);
            foreach (var sentence in report.Verdict)
                context.Out.WriteLine($"- {sentence}");
            if (parsed.GetValue(plot) is { } plotPath)
                await File.WriteAllTextAsync(Path.GetFullPath(plotPath, context.WorkingFolder), QualityPlot.Draw(report, parsed.GetValue(axis)!), cancellation);
            if (parsed.GetValue(summary) is { } path)
                await File.WriteAllTextAsync(Path.GetFullPath(path, context.WorkingFolder), JsonSerializer.Serialize(report, Json), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static List<T> ParseNumbers<T>(ArgumentResult result, string option, T min, T max)
        where T : struct, INumber<T>
    {
        var numbers = new List<T>();
        foreach (var part in string.Join(',', result.Tokens.Select(static t => t.Value)).Split(',', StringSplitOptions.TrimEntries))
        {
            if (!T.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option} must be numbers from {min} to {max}, separated by commas, but has '{part}'."));
            else
                numbers.Add(number);
        }

        return numbers;
    }

    private static List<long> ParseBudgets(ArgumentResult result)
    {
        var text = string.Join(' ', result.Tokens.Select(static t => t.Value));
        var budgets = new List<long>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var budget) || budget < 1 || (budgets.Count > 0 && budget <= budgets[^1]))
                result.AddError($"--budgets must be ascending positive integers, separated by commas, but is '{text}'.");
            budgets.Add(budget);
        }

        return budgets;
    }
}
