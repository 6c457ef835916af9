using System.CommandLine;
using System.Text.Json;
using HnmStreams.Host.Bench;
using HnmStreams.Host.Bench.Exact;
using HnmStreams.Host.Bench.Policies;
using HnmStreams.Host.Bench.Pools;
using HnmStreams.Host.Bench.Watched;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm bench</c>: comparisons that a user may want to repeat.</summary>
internal static class BenchCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(CommandContext context) =>
        new("bench", "Compare side by side, on this machine, in one run")
        {
            Pipeline(context), Exact(context), Telemetry(context), Pool(context), Policies(context), MiningBenchCommand.Create(context), QualityCommand.Create(context), CostCommand.Create(context),
        };

    private static Command Policies(CommandContext context)
    {
        var examples = new Option<int>("--examples") { HelpName = "N", Description = "Images of the synthetic stream", DefaultValueFactory = _ => 204_800 };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of stream and weights", DefaultValueFactory = _ => 1UL };
        var plot = new Option<string?>("--plot") { HelpName = "FILE", Description = "Draw what was kept as SVG" };
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the figures as JSON" };
        AtLeast(examples, 51_200);
        var command = new Command("policies", "What each retention policy keeps of the synthetic stream, one positive in ten mislabelled") { examples, seed, plot, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var count = parsed.GetValue(examples);
            var bench = new PolicyBench(count, parsed.GetValue(seed), context.Out);
            var shares = await Task.Factory.StartNew(() => bench.Run(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (parsed.GetValue(plot) is { } picture)
                await File.WriteAllTextAsync(Path.GetFullPath(picture, context.WorkingFolder), PolicyPlot.Draw(shares, count), cancellation);
            if (parsed.GetValue(summary) is { } path)
                await File.WriteAllTextAsync(Path.GetFullPath(path, context.WorkingFolder), JsonSerializer.Serialize(shares, Json), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Pool(CommandContext context)
    {
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Alternating rounds; the medians count", DefaultValueFactory = _ => 3 };
        var reference = new Option<string>("--reference") { HelpName = "FILE", Description = "C++ source to compile and to run beside, where there is a compiler", DefaultValueFactory = _ => "../shared/peers/topk.cpp" };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the offers", DefaultValueFactory = _ => 1UL };
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the figures as JSON" };
        AtLeast(rounds, 1);
        var command = new Command("pool", "The pool of hard negatives against a C++ indexed heap, a priority queue and a sorted set") { rounds, reference, seed, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            var bench = new PoolBench(parsed.GetValue(rounds), parsed.GetValue(seed), Path.GetFullPath(parsed.GetValue(reference)!, context.WorkingFolder), context.Out, context.Time);
            var report = await Task.Factory.StartNew(() => bench.Run(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (parsed.GetValue(summary) is { } path)
                await File.WriteAllTextAsync(Path.GetFullPath(path, context.WorkingFolder), JsonSerializer.Serialize(report, Json), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Pipeline(CommandContext context) => AlternatingBenchCommand.Create(
        context,
        "pipeline",
        "The whole pipeline, Kafka in the path, against the bare loop of the same model and against a loop that only consumes",
        (settings, model, cancellation) => new PipelineBench(settings, context.Out, context.Time).RunAsync(model, cancellation));

    private static Command Exact(CommandContext context) => AlternatingBenchCommand.Create(
        context,
        "exact",
        "The pipeline in exact mode (overlap 1 and 0) against itself in live mode, on one partition",
        (settings, model, cancellation) => new ExactBench(settings, context.Out, context.Time).RunAsync(model, cancellation));

    private static Command Telemetry(CommandContext context) => AlternatingBenchCommand.Create(
        context,
        "telemetry",
        "The pipeline with all telemetry at its defaults (traces, metrics, logs to a collector, the metrics page scraped) against itself without",
        (settings, model, cancellation) => new WatchedBench(settings, context.Out, context.Time).RunAsync(model, cancellation));

    internal static void AtLeast<T>(Option<T> option, int least) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<T>() is int value && value < least)
            result.AddError($"{option.Name} = {value}: allowed is {least} or more");
    });
}
