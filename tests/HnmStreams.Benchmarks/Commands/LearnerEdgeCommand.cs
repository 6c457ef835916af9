using System.CommandLine;
using HnmStreams.Benchmarks.Cluster;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Native;

namespace HnmStreams.Benchmarks.Commands;

/// <summary><c>learner-edge</c>: the rate at which a learner takes in batches of score nodes.</summary>
internal static class LearnerEdgeCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var rows = new Option<int>("--rows") { HelpName = "N", Description = "Rows to measure, after as many that are not counted", DefaultValueFactory = _ => 1_000_000 }.AtLeast(1_000);
        var summary = SummaryFile.Option();
        var command = new Command("learner-edge", "The rate at which a learner takes in thin batches of score nodes on one thread, without network and training") { rows, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var reports = new List<LearnerEdgeReport>();
            foreach (var model in new[] { BenchmarkModel.Light, BenchmarkModel.Convolutional })
                reports.Add(await DedicatedThread.RunAsync(() => new LearnerEdgeBenchmark(model, parsed.GetValue(rows), context.Out, context.Time).Run(cancellation), cancellation));
            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), reports, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
