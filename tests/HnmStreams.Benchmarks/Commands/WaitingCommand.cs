using System.CommandLine;
using HnmStreams.Benchmarks.Waiting;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Pipeline.Memory.Waiting;

namespace HnmStreams.Benchmarks.Commands;

/// <summary><c>waiting</c>: the store in which examples wait for their label.</summary>
internal static class WaitingCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var examples = new Option<int>("--examples") { HelpName = "N", Description = "Examples that wait at the same time", DefaultValueFactory = _ => 1_000_000 }.AtLeast(1);
        var labels = new Option<int>("--labels") { HelpName = "N", Description = "Labels of random examples", DefaultValueFactory = _ => 1_000_000 }.AtLeast(1);
        var bytes = new Option<int>("--row-bytes") { HelpName = "N", Description = "Bytes of an encoded row", DefaultValueFactory = _ => 200 }.AtLeast(1);
        var batch = new Option<int>("--batch") { HelpName = "N", Description = "Events per call", DefaultValueFactory = _ => 1_024 }.AtLeast(1);
        var folder = new Option<string?>("--folder") { HelpName = "PATH", Description = "A folder on the disk to measure; a temporary folder without it" };
        var summary = SummaryFile.Option();
        var command = new Command("waiting", "The store in which examples wait for their label: puts, joins, memory, checkpoints and disk space") { examples, labels, bytes, batch, folder, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            var root = Directory.CreateDirectory(Path.Combine(parsed.GetValue(folder) is { } named ? context.PathOf(named) : Path.GetTempPath(), $"hnm-waiting-{Guid.NewGuid():n}")).FullName;
            try
            {
                using var benchmark = new WaitingBenchmark(
                    parsed.GetValue(examples), parsed.GetValue(labels), parsed.GetValue(bytes), parsed.GetValue(batch), root, new WaitingOptions(), context.Out, context.Time);
                var report = await DedicatedThread.RunAsync(() => benchmark.Run(cancellation), cancellation);
                await SummaryFile.WriteAsync(context, parsed.GetValue(summary), report, cancellation);
                return ExitCodes.Ok;
            }
            finally
            {
                Directory.Delete(root, recursive: true);
            }
        });
        return command;
    }
}
