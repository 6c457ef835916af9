using System.CommandLine;
using HnmStreams.Benchmarks.Delayed;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Native;

namespace HnmStreams.Benchmarks.Commands.Learning;

/// <summary><c>delayed</c>: labels that come later, compared with inline labels.</summary>
internal static class DelayedCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var task = new Option<string?>("--task") { HelpName = "FILE", Description = "The task's settings file, such as one of config/tasks; by default the synthetic stream" };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "A setting of both modes; may be repeated", AllowMultipleArgumentsPerToken = false };
        var laterSet = new Option<string[]>("--set-later") { HelpName = "KEY=VALUE", Description = "A setting of the runs whose labels come later; may be repeated", AllowMultipleArgumentsPerToken = false };
        var examples = new Option<int>("--examples") { HelpName = "N", Description = "Examples per run; a smaller training part is repeated under new ids", DefaultValueFactory = _ => 160_000 }.AtLeast(1_024);
        var seeds = new Option<int>("--seeds") { HelpName = "N", Description = "Number of seeds", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var median = new Option<int>("--median") { HelpName = "N", Description = "The median delay of a label, in further inputs", DefaultValueFactory = _ => 10_000 }.AtLeast(1);
        var summary = SummaryFile.Option();
        var command = new Command("delayed", "Labels that come later, compared with inline labels: the metric, the pool and the seconds of scoring")
        {
            task, set, laterSet, examples, seeds, median, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            using var signals = new StopSignals(context.Time);
            var host = CommandContext.OfProcess(signals) with { Out = context.Out, Error = context.Error, WorkingFolder = context.WorkingFolder };
            var request = new DelayedRequest(
                parsed.GetValue(task), parsed.GetValue(set) ?? [], parsed.GetValue(laterSet) ?? [], parsed.GetValue(examples), parsed.GetValue(seeds), parsed.GetValue(median));
            var report = await DedicatedThread.RunAsync(() => new DelayedBenchmark(request, host).Run(cancellation), cancellation);
            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), report, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
