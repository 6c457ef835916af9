using System.CommandLine;
using HnmStreams.Benchmarks.Policies;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Native;

namespace HnmStreams.Benchmarks.Commands;

/// <summary><c>policies</c>: the contents of the pool under each retention policy.</summary>
internal static class PoliciesCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var examples = new Option<int>("--examples") { HelpName = "N", Description = "Images of the synthetic stream", DefaultValueFactory = _ => 204_800 }.AtLeast(51_200);
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the stream and the weights", DefaultValueFactory = _ => 1UL };
        var plot = new Option<string?>("--plot") { HelpName = "FILE", Description = "Draw the contents of each pool as SVG" };
        var summary = SummaryFile.Option();
        var command = new Command("policies", "The contents of the pool under each retention policy on the synthetic stream, if one positive in ten is mislabeled") { examples, seed, plot, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var count = parsed.GetValue(examples);
            var benchmark = new PolicyBenchmark(count, parsed.GetValue(seed), context.Out);
            var shares = await DedicatedThread.RunAsync(() => benchmark.Run(cancellation), cancellation);
            if (parsed.GetValue(plot) is { } file)
                await File.WriteAllTextAsync(context.PathOf(file), PolicyPlot.Draw(shares, count), cancellation);
            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), shares, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
