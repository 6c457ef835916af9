using System.CommandLine;
using HnmStreams.Benchmarks.Pools;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;

namespace HnmStreams.Benchmarks.Commands;

/// <summary><c>pool</c>: the pool of hard negatives compared with other data structures.</summary>
internal static class PoolCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Alternating rounds; the report has the medians", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var reference = new Option<string?>("--reference") { HelpName = "FILE", Description = "C++ source of a reference program, which is compiled with g++ and measured in each round" };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the offers", DefaultValueFactory = _ => 1UL };
        var summary = SummaryFile.Option();
        var command = new Command("pool", "The pool of hard negatives, compared with a C++ indexed heap, a priority queue and a sorted set") { rounds, reference, seed, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            var source = parsed.GetValue(reference) is { } file ? context.PathOf(file) : null;
            var benchmark = new PoolBenchmark(parsed.GetValue(rounds), parsed.GetValue(seed), source, context.Out, context.Time);
            var report = await DedicatedThread.RunAsync(() => benchmark.Run(cancellation), cancellation);
            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), report, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
