using System.CommandLine;
using HnmStreams.Benchmarks.Latency;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Native;

namespace HnmStreams.Benchmarks.Commands;

/// <summary><c>latency</c>: the time from arrival to prediction of unlabeled events.</summary>
internal static class LatencyCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var model = new Option<string>("--model") { HelpName = "MODEL", Description = "cnn, light, or all", DefaultValueFactory = _ => "all" };
        model.AcceptOnlyFromAmong("cnn", "light", "all");
        var bootstrap = new Option<string?>("--bootstrap") { HelpName = "HOST:PORT", Description = "A broker; if not set, an embedded cluster in this process, which shares its cores" };
        var events = new Option<int?>("--events") { HelpName = "N", Description = "Events per measurement of the maximum throughput" }.AtLeast(1_024);
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Measurements of the maximum throughput; the median counts", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var load = new Option<double>("--load") { HelpName = "SHARE", Description = "The rate at which latency is measured, as a share of the maximum throughput, above 0 and at most 1", DefaultValueFactory = _ => 0.5 };
        load.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 1))
                result.AddError("'--load' must be above 0 and at most 1.");
        });
        var seconds = new Option<int>("--seconds") { HelpName = "N", Description = "The time for which latency is measured", DefaultValueFactory = _ => 60 }.AtLeast(1);
        var delay = new Option<int>("--label-delay") { HelpName = "N", Description = "Events between an event and its label", DefaultValueFactory = _ => 10_000 }.AtLeast(0);
        var unlabeled = new Option<bool>("--no-labels") { Description = "No label comes, so that nothing is trained" };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the initial weights", DefaultValueFactory = _ => 1UL };
        var summary = SummaryFile.Option();
        var command = new Command("latency", "The time from arrival to prediction of unlabeled events, at a share of the maximum throughput, while labels come later and are trained on")
        {
            model, bootstrap, events, rounds, load, seconds, delay, unlabeled, seed, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var settings = new LatencySettings(
                parsed.GetValue(bootstrap), parsed.GetValue(events), parsed.GetValue(rounds), parsed.GetValue(load), parsed.GetValue(seconds), parsed.GetValue(unlabeled) ? null : parsed.GetValue(delay), parsed.GetValue(seed));
            var reports = new Dictionary<string, LatencyReport>(StringComparer.Ordinal);
            foreach (var candidate in new[] { BenchmarkModel.Convolutional, BenchmarkModel.Light })
            {
                if (parsed.GetValue(model) is "all" || parsed.GetValue(model) == candidate.Name)
                    reports[candidate.Name] = await new LatencyBenchmark(settings, context.Out, context.Time).RunAsync(candidate, cancellation);
            }

            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), reports, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
