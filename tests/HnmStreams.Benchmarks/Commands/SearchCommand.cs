using System.CommandLine;
using HnmStreams.Benchmarks.Search;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Native;

namespace HnmStreams.Benchmarks.Commands;

/// <summary><c>search</c>: the exact search of offline mining compared with the bare matrix product.</summary>
internal static class SearchCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var queries = Count("--queries", "Random unit vectors that are searched for", 10_000);
        var candidates = Count("--candidates", "Random unit vectors that are searched", 100_000);
        var width = Count("--width", "Dimensions of a vector", 256);
        var top = Count("--top", "Negatives kept per query", 50);
        var margin = new Option<double>("--relative-margin") { HelpName = "X", Description = "A negative scores at most (1 - X) times the positive's score", DefaultValueFactory = _ => 0.05 };
        var threads = Count("--threads", "Threads of both the search and the bare product", Environment.ProcessorCount);
        var rounds = Count("--rounds", "Alternating rounds; the report has the medians", 3);
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the vectors", DefaultValueFactory = _ => 1UL };
        var summary = SummaryFile.Option();
        var command = new Command("search", "Exact mining of hard negatives by a blocked product with the positive-aware filter, compared with the bare matrix product")
        {
            queries, candidates, width, top, margin, threads, rounds, seed, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var settings = new SearchSettings(
                parsed.GetValue(queries), parsed.GetValue(candidates), parsed.GetValue(width), parsed.GetValue(top),
                parsed.GetValue(margin), parsed.GetValue(threads), parsed.GetValue(rounds), parsed.GetValue(seed));
            var folder = Directory.CreateTempSubdirectory("hnm-benchmark-search-");
            try
            {
                var benchmark = new SearchBenchmark(settings, folder.FullName, context.Out, context.Time);
                var report = await DedicatedThread.RunAsync(() => benchmark.Run(cancellation), cancellation);
                await SummaryFile.WriteAsync(context, parsed.GetValue(summary), report, cancellation);
            }
            finally
            {
                folder.Delete(recursive: true);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Option<int> Count(string name, string description, int defaultValue) =>
        new Option<int>(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => defaultValue }.AtLeast(1);
}
