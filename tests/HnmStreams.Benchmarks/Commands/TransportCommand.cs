using System.CommandLine;
using HnmStreams.Benchmarks.Transport;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;

namespace HnmStreams.Benchmarks.Commands;

/// <summary><c>transport</c>: what a megabyte costs between a score node and its learner.</summary>
internal static class TransportCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var megabytes = new Option<int>("--megabytes") { HelpName = "N", Description = "Megabytes per round", DefaultValueFactory = _ => 1_000 }.AtLeast(1);
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Rounds that are measured, after one that is not", DefaultValueFactory = _ => 5 }.AtLeast(1);
        var summary = SummaryFile.Option();
        var command = new Command("transport", "The processor time per megabyte of the stream from a score node to its learner, against a gRPC stream") { megabytes, rounds, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            var results = await new TransportBenchmark(parsed.GetValue(megabytes), parsed.GetValue(rounds), context.Out, context.Time).RunAsync(cancellation);
            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), results, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
