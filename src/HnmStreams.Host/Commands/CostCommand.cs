using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using HnmStreams.Host.Bench.Cost;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm bench cost</c>.</summary>
internal static class CostCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(CommandContext context)
    {
        var task = new Option<string?>("--task") { HelpName = "FILE", Description = "The task's file, such as one of config/tasks (default: the synthetic stream)" };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "One setting; may be repeated. pipeline.scoring.share fixes the share in place of the controller", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var seeds = new Option<int>("--seeds") { HelpName = "N", Description = "Seeds of stream, weights and draws: 1 to N", DefaultValueFactory = _ => 5 };
        var seconds = new Option<IReadOnlyList<double>>("--seconds")
        {
            HelpName = "S,S,…",
            Description = "Compute seconds of the mined learner, scoring and training, at which all are judged, rising",
            DefaultValueFactory = _ => [30, 120],
            CustomParser = ParseSeconds,
        };
        var every = new Option<double>("--every") { HelpName = "S", Description = "Compute seconds between two decisions of the controller", DefaultValueFactory = _ => 1 };
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the figures as JSON" };
        BenchCommand.AtLeast(seeds, 1);
        var command = new Command("cost", "The mined learner under the controller against random negatives, at equal steps and at equal seconds, over several seeds")
        {
            task, set, seeds, seconds, every, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var request = new CostRequest(parsed.GetValue(task), parsed.GetValue(set) ?? [], parsed.GetValue(seeds), parsed.GetValue(seconds)!, parsed.GetValue(every));
            var report = await Task.Factory.StartNew(() => new CostBench(request, context).Run(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (parsed.GetValue(summary) is { } path)
                await File.WriteAllTextAsync(Path.GetFullPath(path, context.WorkingFolder), JsonSerializer.Serialize(report, Json), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static List<double> ParseSeconds(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var all = new List<double>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || !(seconds > 0) || (all.Count > 0 && seconds <= all[^1]))
                result.AddError($"--seconds = {text}: allowed are numbers above 0, rising, separated by commas");
            all.Add(seconds);
        }

        return all;
    }
}
