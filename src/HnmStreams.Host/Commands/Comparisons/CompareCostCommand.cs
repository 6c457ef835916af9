using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using HnmStreams.Host.Application;
using HnmStreams.Host.Compare.Cost;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands.Comparisons;

/// <summary><c>hnm compare cost</c>.</summary>
internal static class CompareCostCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(CommandContext context)
    {
        var task = new Option<string?>("--task") { HelpName = "FILE", Description = "The task's settings file, such as one of config/tasks (default: the synthetic stream)" };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "A setting; may be repeated. pipeline.scoring.share fixes the scored share and turns the budget controller off", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var seeds = new Option<int>("--seeds") { HelpName = "N", Description = "Number of seeds; the stream, the weights and the sampling use seeds 1 to N", DefaultValueFactory = _ => 5 }.AtLeast(1);
        var seconds = new Option<IReadOnlyList<double>>("--seconds")
        {
            HelpName = "S,S,…",
            Description = "Compute seconds (scoring and training) of the mined learner at which all learners are evaluated, ascending",
            DefaultValueFactory = _ => [30, 120],
            CustomParser = ParseSeconds,
        };
        var every = new Option<double>("--every") { HelpName = "S", Description = "Compute seconds between two decisions of the budget controller", DefaultValueFactory = _ => 1 };
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the figures as JSON" };

        var command = new Command("cost", "Compare mining under the budget controller with random negatives, at equal steps and at equal compute, over several seeds")
        {
            task, set, seeds, seconds, every, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var request = new CostRequest(parsed.GetValue(task), parsed.GetValue(set) ?? [], parsed.GetValue(seeds), parsed.GetValue(seconds)!, parsed.GetValue(every));
            var report = await Task.Factory.StartNew(() => new CostComparison(request, context).Run(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (parsed.GetValue(summary) is { } path)
                await File.WriteAllTextAsync(Path.GetFullPath(path, context.WorkingFolder), JsonSerializer.Serialize(report, Json), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static List<double> ParseSeconds(ArgumentResult result)
    {
        var text = string.Join(' ', result.Tokens.Select(static t => t.Value));
        var all = new List<double>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || !(seconds > 0) || (all.Count > 0 && seconds <= all[^1]))
                result.AddError($"--seconds must be ascending positive numbers, separated by commas, but is '{text}'.");
            all.Add(seconds);
        }

        return all;
    }
}
