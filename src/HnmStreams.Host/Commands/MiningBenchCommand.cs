using System.CommandLine;
using System.Text.Json;
using HnmStreams.Host.Bench.Searching;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm bench mine</c>: the exact search of offline mining against the bare matrix product.</summary>
internal static class MiningBenchCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(CommandContext context)
    {
        var queries = new Option<int>("--queries") { HelpName = "N", Description = "Random unit vectors that search", DefaultValueFactory = _ => 10_000 };
        var candidates = new Option<int>("--candidates") { HelpName = "N", Description = "Random unit vectors that are searched", DefaultValueFactory = _ => 100_000 };
        var width = new Option<int>("--width") { HelpName = "N", Description = "Numbers in a vector", DefaultValueFactory = _ => 256 };
        var top = new Option<int>("--top") { HelpName = "N", Description = "Negatives kept for each query", DefaultValueFactory = _ => 50 };
        var margin = new Option<double>("--relative-margin") { HelpName = "X", Description = "A negative scores at most the positive's score less this share of it", DefaultValueFactory = _ => 0.05 };
        var threads = new Option<int>("--threads") { HelpName = "N", Description = "Threads of search and bare product alike", DefaultValueFactory = _ => Environment.ProcessorCount };
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Alternating rounds; the medians count", DefaultValueFactory = _ => 3 };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the vectors", DefaultValueFactory = _ => 1UL };
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the figures as JSON" };
        foreach (var count in new[] { queries, candidates, width, top, threads, rounds })
            BenchCommand.AtLeast(count, 1);
        var command = new Command("mine", "Exact mining of hard negatives by a blocked product with the positive-aware filter, against the bare matrix product")
        {
            queries, candidates, width, top, margin, threads, rounds, seed, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var settings = new MiningBenchSettings(
                parsed.GetValue(queries), parsed.GetValue(candidates), parsed.GetValue(width), parsed.GetValue(top),
                parsed.GetValue(margin), parsed.GetValue(threads), parsed.GetValue(rounds), parsed.GetValue(seed));
            var folder = Directory.CreateTempSubdirectory("hnm-bench-mine-");
            try
            {
                var bench = new MiningBench(settings, folder.FullName, context.Out, context.Time);
                var report = await Task.Factory.StartNew(() => bench.Run(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                if (parsed.GetValue(summary) is { } path)
                    await File.WriteAllTextAsync(Path.GetFullPath(path, context.WorkingFolder), JsonSerializer.Serialize(report, Json), cancellation);
            }
            finally
            {
                folder.Delete(recursive: true);
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
