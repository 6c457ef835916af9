using System.CommandLine;
using System.Text.Json;
using HnmStreams.Host.Application;
using HnmStreams.Host.Compare.Recovery;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands.Comparisons;

/// <summary><c>hnm compare recovery</c>.</summary>
internal static class CompareRecoveryCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(CommandContext context)
    {
        var task = new Option<string?>("--task") { HelpName = "FILE", Description = "The task's settings file, such as one of config/tasks", Required = true };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "A setting; may be repeated. data.drift describes the change: --set data.drift.appears.CLASS=N", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var seeds = new Option<int>("--seeds") { HelpName = "N", Description = "Number of seeds; the stream, the weights and the sampling use seeds 1 to N", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var every = new Option<int>("--every") { HelpName = "N", Description = "Examples between two evaluations, which is the resolution of the times", DefaultValueFactory = _ => 2_048 }.AtLeast(1);
        var until = new Option<int>("--until") { HelpName = "N", Description = "Examples after the change that are observed", DefaultValueFactory = _ => 80_000 }.AtLeast(1);
        var processorTime = ProcessorTimeOption.Create();
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the figures as JSON" };

        var command = new Command("recovery", "Compare the time to recover from a change of the stream with mined and with random negatives, at equal steps and at equal compute, over several seeds")
        {
            task, set, seeds, every, until, processorTime, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var request = new RecoveryRequest(parsed.GetValue(task), parsed.GetValue(set) ?? [], parsed.GetValue(seeds), parsed.GetValue(every), parsed.GetValue(until));
            var comparisonContext = context.WithClock(parsed.GetValue(processorTime));
            var report = await Task.Factory.StartNew(() => new RecoveryComparison(request, comparisonContext).Run(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            foreach (var line in RecoveryTable.Lines(report))
                context.Out.WriteLine(line);
            if (parsed.GetValue(summary) is { } path)
                await File.WriteAllTextAsync(Path.GetFullPath(path, context.WorkingFolder), JsonSerializer.Serialize(report, Json), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
